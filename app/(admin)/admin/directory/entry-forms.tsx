'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { addEntryAction, editEntryAction, removeEntryAction, testLdapAction } from './actions.ts';

export type EntryView = {
  id: string;
  name: string;
  address: string;
  organization: string;
  phone: string;
  note: string;
};

export function AddEntry({ domains, domain }: { domains: string[]; domain?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add entry
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add to the directory">
        <ActionForm action={addEntryAction} onDone={close} className="flex flex-col gap-4">
          {domains.length > 1 ? (
            <FormField name="domain" label="Domain" help="Whose users see the entry.">
              <Select name="domain" defaultValue={domain || domains[0]}>
                {domains.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            </FormField>
          ) : (
            <input type="hidden" name="domain" value={domains[0] ?? ''} />
          )}
          <EntryFields />
          <FormButtons label="Add entry" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function EditEntry({ entry }: { entry: EntryView }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const name = entry.name || entry.address;
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={name}>
        <ActionForm
          action={editEntryAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="id" value={entry.id} />
          <EntryFields entry={entry} />
          <FormButtons label="Save" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

function EntryFields({ entry }: { entry?: EntryView }) {
  return (
    <>
      <FormField name="name" label="Name">
        <Input name="name" defaultValue={entry?.name} autoFocus placeholder="Town hall" />
      </FormField>
      <FormField name="address" label="Mail address">
        <Input
          name="address"
          defaultValue={entry?.address}
          placeholder="office@town.example"
          autoCapitalize="off"
          spellCheck={false}
        />
      </FormField>
      <FormField name="organization" label="Organization" isOptional>
        <Input name="organization" defaultValue={entry?.organization} />
      </FormField>
      <FormField name="phone" label="Telephone" isOptional>
        <Input name="phone" defaultValue={entry?.phone} />
      </FormField>
      <FormField name="note" label="Note" isOptional help="Users see it.">
        <Input name="note" defaultValue={entry?.note} />
      </FormField>
    </>
  );
}

export function RemoveEntry({ entry }: { entry: EntryView }) {
  const name = entry.name || entry.address;
  return (
    <ActionButton
      size="sm"
      variant="danger-ghost"
      aria-label={`Remove ${name}`}
      action={() => removeEntryAction(entry.id)}
      doneText={`${name} removed`}
      confirm={{
        title: `Remove ${name}?`,
        text: 'Users no longer find it in the directory.',
        confirmLabel: 'Remove entry',
      }}
    >
      Remove
    </ActionButton>
  );
}

export function TestLdap() {
  return (
    <ActionForm action={testLdapAction} className="flex items-end gap-2">
      <FormField name="text" label="Try a search on the LDAP server" className="max-w-xs flex-1">
        <Input name="text" placeholder="ada" />
      </FormField>
      <SubmitButton variant="secondary">Try</SubmitButton>
    </ActionForm>
  );
}
