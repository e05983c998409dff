// A moment: edited in the time of the browser, sent as the moment itself.
'use client';
import { useState } from 'react';
import { Input } from './input.tsx';

/** `value`: ISO 8601, or empty; so is what the form carries. */
export function MomentInput({ name, value = '' }: { name: string; value?: string }) {
  const [moment, setMoment] = useState(value);
  return (
    <>
      <input type="hidden" name={name} value={moment} />
      <Input
        type="datetime-local"
        defaultValue={value === '' ? '' : toLocal(value)}
        onChange={({ target }) =>
          setMoment(target.value === '' ? '' : new Date(target.value).toISOString())
        }
      />
    </>
  );
}

function toLocal(iso: string): string {
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
