'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { RenameFields } from '../users/user-fields.tsx';
import {
  addSharedAction,
  editSharedAction,
  purgeSharedAction,
  removeSharedAction,
  renameSharedAction,
  restoreSharedAction,
} from './actions.ts';

export function AddShared({ domains, domain }: { domains: string[]; domain?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add shared mailbox
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a shared mailbox">
        <ActionForm
          action={addSharedAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-start gap-1.5">
            <FormField name="localPart" label="Address">
              <Input
                name="localPart"
                placeholder="sales"
                autoFocus
                autoCapitalize="off"
                autoComplete="off"
                spellCheck={false}
              />
            </FormField>
            <span className="mt-[1.9rem] text-muted">@</span>
            <FormField name="domain" label="Domain">
              <Select name="domain" defaultValue={domain || domains[0]}>
                {domains.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            </FormField>
          </div>
          <FormField name="displayName" label="Name" isOptional>
            <Input name="displayName" placeholder="Sales" />
          </FormField>
          <FormButtons label="Add shared mailbox" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function EditShared({
  address,
  displayName,
  isDisabled,
  days,
  domains,
}: {
  address: string;
  displayName: string;
  isDisabled: boolean;
  /** So long a deleted one can be restored. */
  days: number;
  /** Where it may go */
  domains: string[];
}) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${address}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={address}>
        <ActionForm
          action={editSharedAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="address" value={address} />
          <FormField name="displayName" label="Name" isOptional>
            <Input name="displayName" defaultValue={displayName} />
          </FormField>
          <Switch
            name="isEnabled"
            defaultChecked={!isDisabled}
            label="In use"
            help="Off: mail to it is refused, and its members do not see it."
          />
          <FormButtons label="Save" onCancel={close}>
            <ActionButton
              variant="danger-ghost"
              className="mr-auto"
              action={() => removeSharedAction(address)}
              doneText={`${address} deleted`}
              onDone={close}
              confirm={{
                title: `Delete ${address}?`,
                text:
                  days > 0
                    ? `Mail to it is refused at once. For ${days} days it can be restored; then all mail in it goes for good.`
                    : 'All mail in it is deleted for good, and mail to it will be refused.',
                confirmLabel: 'Delete shared mailbox',
                typeToConfirm: address,
              }}
            >
              Delete
            </ActionButton>
          </FormButtons>
        </ActionForm>
        <RenameShared address={address} domains={domains} onDone={close} />
      </Dialog>
    </>
  );
}

function RenameShared({
  address,
  domains,
  onDone,
}: {
  address: string;
  domains: string[];
  onDone: () => void;
}) {
  return (
    <ActionForm
      action={renameSharedAction}
      onDone={onDone}
      className="mt-5 flex flex-col gap-4 border-t pt-5 text-left"
    >
      <input type="hidden" name="address" value={address} />
      <RenameFields address={address} domains={domains} />
    </ActionForm>
  );
}

/** Of a deleted one. */
export function DeletedSharedButtons({ address }: { address: string }) {
  return (
    <>
      <ActionButton
        size="sm"
        aria-label={`Restore ${address}`}
        action={() => restoreSharedAction(address)}
        doneText={`${address} is back`}
      >
        Restore
      </ActionButton>
      <ActionButton
        size="sm"
        variant="danger-ghost"
        aria-label={`Remove ${address} for good`}
        action={() => purgeSharedAction(address)}
        doneText={`${address} is gone`}
        confirm={{
          title: 'Remove for good?',
          text: `All mail of ${address} goes at once. This cannot be undone.`,
          confirmLabel: 'Remove for good',
          typeToConfirm: address,
          isDanger: true,
        }}
      >
        Remove…
      </ActionButton>
    </>
  );
}
