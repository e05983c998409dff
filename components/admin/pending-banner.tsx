// A risky change waits to be confirmed: what it is, how long there is still time, and the button that keeps it. That the
// button works at all shows that the panel can still be reached.
'use client';
import { ShieldAlert } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { askRevision, type RevisionStatus, useRevision } from './revision-watch.ts';

export function PendingBanner({
  initial,
  keep,
}: {
  initial: RevisionStatus;
  keep: () => Promise<string | undefined>;
}) {
  const { pending, atMs, isLost } = useRevision(initial);
  const router = useRouter();
  const [passedMs, setPassedMs] = useState(0);
  const isWaiting = pending !== null;
  useEffect(() => {
    if (!isWaiting) return;
    const look = () => setPassedMs(atMs === 0 ? 0 : performance.now() - atMs);
    look();
    const timer = setInterval(look, 250);
    return () => {
      clearInterval(timer);
      // It was kept or has gone back: the page shows what stands now.
      router.refresh();
    };
  }, [isWaiting, atMs, router]);
  if (!pending) return null;
  const secondsLeft = Math.max(0, Math.ceil(pending.secondsLeft - passedMs / 1000));
  return (
    <Banner tone="warn" className="sticky top-14 z-20 mb-5 shadow-control lg:top-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <ShieldAlert aria-hidden className="size-5 shrink-0" />
        <div className="min-w-0 flex-1 basis-64">
          <p role="status" className="font-medium">
            {pending.mayKeep
              ? 'Does the panel still work for you? Keep the change, or it goes back by itself.'
              : `This change goes back by itself unless ${pending.by} keeps it.`}
          </p>
          <p className="text-sm break-words">
            {pending.subjects.join(', ')}
            {isLost && ' · the panel does not answer at the moment'}
          </p>
        </div>
        <span className="text-xl tabular-nums" role="timer" aria-label="Seconds left">
          {secondsLeft} s
        </span>
        {pending.mayKeep && (
          <ActionButton
            variant="primary"
            action={keep}
            doneText="Kept"
            onDone={() => void askRevision()}
          >
            Keep
          </ActionButton>
        )}
      </div>
    </Banner>
  );
}
