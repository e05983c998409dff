// Whether the hosts of a relay rule answer and take its login, asked when it is opened.
'use client';
import { CircleCheck, CircleX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import { tryHostsAction } from './actions.ts';

type Answer = Awaited<ReturnType<typeof tryHostsAction>>;

const unreachable = { error: 'The server does not answer. Try again.' };

export function TriedHosts({ rule, onClose }: { rule: string; onClose: () => void }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    let isOpen = true;
    tryHostsAction(rule)
      .catch(() => unreachable)
      .then((found) => isOpen && setAnswer(found));
    return () => {
      isOpen = false;
    };
  }, [rule]);
  return (
    <Dialog isOpen onClose={onClose} title="Do the hosts take the login?">
      <div role="status">
        {!answer && (
          <p className="flex items-center gap-2 text-muted">
            <Spinner /> Connecting, nothing is sent …
          </p>
        )}
        {answer?.error && <Banner tone="danger">{answer.error}</Banner>}
        <ul className="flex flex-col gap-3">
          {answer?.tried?.map(({ host, error }) => (
            <li key={host} className="flex gap-2">
              {error ? (
                <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-text" />
              ) : (
                <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok-text" />
              )}
              <div className="min-w-0">
                <p className="font-mono text-sm wrap-anywhere">{host}</p>
                <p className="text-sm wrap-anywhere text-muted">{error ?? 'Answers and works.'}</p>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
