'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { LockButton } from '../held-sender.tsx';
import { holdSendingAction } from '../sending-actions.ts';

type Usage = {
  today: { messages: number; newRecipients: number };
  messageLimit: number;
  recipientLimit: number;
};

/** What the user has sent today; and, while nothing is held, the way to hold it. */
export function SendingSection({
  id,
  address,
  usage,
  isHeld,
  isLocked,
  isSelf,
}: {
  id: string;
  address: string;
  usage: Usage;
  isHeld: boolean;
  isLocked: boolean;
  isSelf: boolean;
}) {
  const { today, messageLimit, recipientLimit } = usage;
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Today term="Messages today" used={today.messages} limit={messageLimit} />
        <Today term="New recipients today" used={today.newRecipients} limit={recipientLimit} />
      </dl>
      {!isHeld && (
        <div className="flex flex-wrap gap-2">
          <ActionButton
            action={() => holdSendingAction(id)}
            doneText={`Outgoing mail of ${address} is held`}
          >
            Hold outgoing mail
          </ActionButton>
          {!isLocked && <LockButton id={id} address={address} isSelf={isSelf} />}
        </div>
      )}
    </div>
  );
}

function Today({ term, used, limit }: { term: string; used: number; limit: number }) {
  const isFull = limit > 0 && used >= limit;
  return (
    <div>
      <dt className="text-sm text-faint">{term}</dt>
      <dd className={isFull ? 'text-danger-text tabular-nums' : 'tabular-nums'}>
        {formatCount(used)}
        {limit > 0 ? ` of ${formatCount(limit)}` : ', no limit'}
      </dd>
    </div>
  );
}
