// The windows of the messages being written, beside one another at the lower edge.
'use client';
import type { Owner } from '../owner.ts';
import { Composer } from './composer.tsx';
import type { OnDone } from './composer-props.ts';
import type { Composers } from './use-composers.ts';

export function ComposerWindows({
  composers,
  owner,
  onDone,
}: {
  composers: Composers;
  owner: Owner;
  onDone: OnDone;
}) {
  return (
    <div className="pointer-events-none fixed inset-0 z-40 flex items-end justify-end gap-3 md:inset-x-0 md:top-auto md:end-6 print:hidden">
      {composers.all.map(({ id, start }) => (
        <Composer
          key={id}
          id={id}
          start={start}
          owner={owner}
          onClose={() => composers.close(id)}
          onDone={onDone}
          onSent={composers.tellSent}
          onScheduled={() => composers.open({ mode: 'scheduled' })}
        />
      ))}
    </div>
  );
}
