// Disabling a user, deleting, and bringing a deleted one back.
'use client';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Time } from '#components/ui/time.tsx';
import {
  purgeUserAction,
  removeUserAction,
  restoreUserAction,
  setDisabledAction,
} from '../actions.ts';

export function DangerZone({
  id,
  address,
  isDisabled,
  isSelf,
  days,
}: {
  id: string;
  address: string;
  isDisabled: boolean;
  isSelf: boolean;
  /** So long a deleted user can be restored. */
  days: number;
}) {
  const router = useRouter();
  return (
    <div className="flex flex-col gap-4">
      <Row
        title={isDisabled ? 'This user is disabled' : 'Disable this user'}
        text="A disabled user cannot sign in anywhere, and mail to the address is refused. The mailbox stays."
      >
        <ActionButton
          disabled={isSelf && !isDisabled}
          title={isSelf ? 'You cannot disable yourself' : undefined}
          action={() => setDisabledAction(id, !isDisabled)}
          doneText={isDisabled ? `${address} enabled` : `${address} disabled`}
        >
          {isDisabled ? 'Enable' : 'Disable'}
        </ActionButton>
      </Row>
      <Row
        title="Delete this user"
        text={
          days > 0
            ? `Closes the login and refuses mail. For ${days} days the user can be restored; then the mailbox goes for good.`
            : 'Removes the login and every message in the mailbox. This cannot be undone.'
        }
      >
        <ActionButton
          variant="danger"
          disabled={isSelf}
          title={isSelf ? 'You cannot delete yourself' : undefined}
          action={() => removeUserAction(id)}
          doneText={`${address} deleted`}
          onDone={() => router.replace('/admin/users')}
          confirm={{
            title: 'Delete this user?',
            text:
              days > 0
                ? `The login ${address} is closed at once; all mail of this user goes in ${days} days.`
                : `The login ${address} and all mail of this user will be gone for good.`,
            confirmLabel: 'Delete user',
            typeToConfirm: address,
          }}
        >
          Delete…
        </ActionButton>
      </Row>
    </div>
  );
}

/** Of a deleted user, above everything else. */
export function DeletedUser({
  id,
  address,
  until,
  mayEdit,
}: {
  id: string;
  address: string;
  until: Date;
  mayEdit: boolean;
}) {
  const router = useRouter();
  return (
    <Banner tone="danger" className="mb-6 flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-64">
        This user is deleted. The address stays taken and mail for it is refused; the mailbox goes
        for good <Time at={until} />.
      </p>
      {mayEdit && (
        <span className="flex flex-wrap gap-2">
          <ActionButton action={() => restoreUserAction(id)} doneText={`${address} is back`}>
            Restore
          </ActionButton>
          <ActionButton
            variant="danger-ghost"
            action={() => purgeUserAction(id)}
            doneText={`${address} is gone`}
            onDone={() => router.replace('/admin/users?state=deleted')}
            confirm={{
              title: 'Remove for good?',
              text: `All mail of ${address} goes at once. This cannot be undone.`,
              confirmLabel: 'Remove for good',
              typeToConfirm: address,
              isDanger: true,
            }}
          >
            Remove for good…
          </ActionButton>
        </span>
      )}
    </Banner>
  );
}

function Row({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-muted">{text}</p>
      </div>
      {children}
    </div>
  );
}
