// Reminders are loaded some seconds after the page, so that no first list waits for them.
'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';

const Reminders = dynamic(async () => (await import('./reminders.tsx')).Reminders, { ssr: false });
const delayMs = 3000;

export function LazyReminders() {
  const [isDue, setIsDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsDue(true), delayMs);
    return () => clearTimeout(timer);
  }, []);
  return isDue ? <Reminders /> : null;
}
