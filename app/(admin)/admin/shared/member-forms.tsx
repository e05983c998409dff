'use client';
import { useState, useTransition } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { addMemberAction, removeMemberAction, setMemberAction } from './actions.ts';

export type Membership = { address: string; mayWrite: boolean; maySend: boolean };

/** Of many members; the others are found by their addresses. */
const shownAtOnce = 50;

/** Who opens a shared mailbox: a switch takes effect at once, in open mail programs too. */
export function Members({ shared, members }: { shared: string; members: Membership[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const [wanted, setWanted] = useState('');
  const close = () => setIsOpen(false);
  const found = members.filter(({ address }) => address.includes(wanted.trim().toLowerCase()));
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Members of ${shared}`}>
        Members
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={`Members of ${shared}`}>
        {members.length > shownAtOnce && (
          <Input
            type="search"
            aria-label="Search members"
            placeholder={`Search ${members.length} members`}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
            className="mb-4"
          />
        )}
        <ul aria-label="Members" className="mb-4 flex flex-col gap-3 text-left">
          {found.slice(0, shownAtOnce).map((member) => (
            <MemberRow key={member.address} shared={shared} member={member} />
          ))}
          {found.length > shownAtOnce && (
            <li className="text-sm text-muted">
              and {found.length - shownAtOnce} more: search for them
            </li>
          )}
          {members.length === 0 && <li className="text-muted">Nobody opens it yet.</li>}
        </ul>
        <AddMember shared={shared} onCancel={close} />
      </Dialog>
    </>
  );
}

function MemberRow({ shared, member }: { shared: string; member: Membership }) {
  const toast = useToast();
  const [isPending, startTransition] = useTransition();
  const { address, mayWrite, maySend } = member;
  const change = (changed: Partial<Membership>) =>
    startTransition(async () => {
      const membership = { mayWrite, maySend, ...changed };
      const error = await setMemberAction({ shared, member: address, ...membership });
      if (error) toast.show({ text: error, kind: 'error' });
    });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <span className="min-w-0 flex-1 truncate font-medium">{address}</span>
      <Switch
        label="Write"
        aria-label={`${address} may write`}
        checked={mayWrite}
        disabled={isPending}
        onChange={(event) => change({ mayWrite: event.target.checked })}
      />
      <Switch
        label="Send"
        aria-label={`${address} may send`}
        checked={maySend}
        disabled={isPending}
        onChange={(event) => change({ maySend: event.target.checked })}
      />
      <ActionButton
        size="sm"
        variant="danger-ghost"
        aria-label={`Remove ${address}`}
        action={() => removeMemberAction({ shared, member: address })}
        doneText={`${address} removed`}
      >
        Remove
      </ActionButton>
    </li>
  );
}

function AddMember({ shared, onCancel }: { shared: string; onCancel: () => void }) {
  return (
    <ActionForm
      action={addMemberAction}
      isResetWhenDone
      className="flex flex-col gap-3 border-t pt-4 text-left"
    >
      <input type="hidden" name="address" value={shared} />
      <FormField name="member" label="Add a user" help="The user's address on this server.">
        <Input
          name="member"
          type="email"
          placeholder="anna@example.org"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
        />
      </FormField>
      <Switch
        name="mayWrite"
        defaultChecked
        label="Write"
        help="Mark, move, delete and file its mail. Off: read only."
      />
      <Switch name="maySend" label="Send" help={`Write mail as ${shared}.`} />
      <FormButtons label="Add member" onCancel={onCancel} />
    </ActionForm>
  );
}
