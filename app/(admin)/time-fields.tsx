// From when until when, in the search above a list of what happened.
import { Input } from '#components/ui/input.tsx';

export function TimeFields({ from, until }: { from: string; until: string }) {
  return (
    <>
      <span className="w-52">
        <Input type="datetime-local" name="from" defaultValue={from} aria-label="From" />
      </span>
      <span className="w-52">
        <Input type="datetime-local" name="until" defaultValue={until} aria-label="Until" />
      </span>
    </>
  );
}
