// Renews the session cookie while the page is open and looked at, so that a sign-in ends after a time
// without use, not in the middle of work.
'use client';
import { useEffect } from 'react';

const everyMs = 10 * 60_000;

export function SessionKeeper() {
  useEffect(() => {
    const renew = () => {
      if (document.visibilityState === 'visible') void fetch('/api/auth/session').catch(() => {});
    };
    renew();
    const timer = setInterval(renew, everyMs);
    return () => clearInterval(timer);
  }, []);
  return null;
}
