// A user whose outgoing mail is held: why, how much waits, and the two ways out of it. On the overview and on the page
// of the user.
'use client';
import Link from 'next/link';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { dropHeldMailAction, lockSenderAction, releaseSendingAction } from './sending-actions.ts';

export type HeldSenderFacts = {
  id: string;
  address: string;
  hold: 'burst' | 'admin';
  /** Recipients that wait. */
  held: number;
  /** Nobody signs in. */
  isLocked: boolean;
  isSelf: boolean;
};

export function HeldSender({ sender, isLinked }: { sender: HeldSenderFacts; isLinked: boolean }) {
  const { id, address, hold, held, isLocked, isSelf } = sender;
  const name = isLinked ? (
    <Link href={`/admin/users/${id}`} className="font-medium underline">
      {address}
    </Link>
  ) : (
    <span className="font-medium">{address}</span>
  );
  return (
    <Banner tone="warn" className="mb-4 flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-72 break-words">
        {hold === 'burst' ? (
          <>{name} has sent unusually much: the outgoing mail of this user is held.</>
        ) : (
          <>The outgoing mail of {name} is held.</>
        )}{' '}
        <Link
          href={`/admin/queue?state=held&q=${encodeURIComponent(address)}`}
          className="underline"
        >
          {formatPlural(held, 'recipient waits', 'recipients wait')}
        </Link>
        .{isLocked && ' Nobody can sign in until a new password is set.'}
      </p>
      <div className="flex flex-wrap gap-2">
        <ActionButton
          action={() => releaseSendingAction(id)}
          doneText={`Mail of ${address} released`}
          confirm={
            isLocked
              ? {
                  title: 'Release the mail of a locked user?',
                  text: `What waits leaves now, as if ${address} had sent it.`,
                  confirmLabel: 'Release',
                }
              : undefined
          }
        >
          Release
        </ActionButton>
        {!isLocked ? (
          <LockButton id={id} address={address} isSelf={isSelf} />
        ) : (
          <ActionButton
            variant="danger"
            disabled={held === 0}
            action={() => dropHeldMailAction(id)}
            doneText="Held mail dropped"
            confirm={{
              title: 'Drop the held mail?',
              text: `What waits of ${address} will not reach anybody, and nobody is told.`,
              confirmLabel: 'Drop the mail',
              isDanger: true,
            }}
          >
            Drop the mail…
          </ActionButton>
        )}
      </div>
    </Banner>
  );
}

export function LockButton({
  id,
  address,
  isSelf,
}: {
  id: string;
  address: string;
  isSelf: boolean;
}) {
  return (
    <ActionButton
      variant="danger"
      disabled={isSelf}
      title={isSelf ? 'You cannot lock yourself' : undefined}
      action={() => lockSenderAction(id)}
      doneText={`${address} is locked`}
      confirm={{
        title: 'Lock the account?',
        text: `Nothing opens ${address} any more, be it a password, an app password, a passkey or another sign-in service, and every session ends, until you set a new password. Mail still comes in; what the user has sent stays held, and can be dropped.`,
        confirmLabel: 'Lock the account',
        isDanger: true,
      }}
    >
      Lock the account…
    </ActionButton>
  );
}
