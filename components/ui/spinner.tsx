// A quiet sign that something is under way.
import { LoaderCircle } from 'lucide-react';
import { joinClasses } from './class-names.ts';

/** `label` is read aloud; leave it out where the control beside it says what happens. */
export function Spinner({ label, className }: { label?: string; className?: string }) {
  return (
    <span role={label ? 'status' : undefined} className={joinClasses('inline-flex', className)}>
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
