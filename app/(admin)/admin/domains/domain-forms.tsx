'use client';
import { Plus } from 'lucide-react';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { Elsewhere } from '#lib/accounts/domain.ts';
import { addDomainAction, editDomainAction, removeDomainAction } from './actions.ts';

const WholeDomains = createContext<string[]>([]);

/** The domains that others may be aliases of, once for all forms of the page. */
export function KnownDomains({ names, children }: { names: string[]; children: ReactNode }) {
  return <WholeDomains value={names}>{children}</WholeDomains>;
}

export function AddDomain() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add domain
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a domain">
        <ActionForm action={addDomainAction} onDone={close} className="flex flex-col gap-4">
          <FormField
            name="name"
            label="Domain"
            help="Names in other scripts are kept in their ASCII form."
          >
            <Input
              name="name"
              placeholder="example.org"
              autoFocus
              autoCapitalize="off"
              spellCheck={false}
            />
          </FormField>
          <AliasOf />
          <Mailboxes />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" />
          </FormField>
          <FormButtons onCancel={close} label="Add domain" />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function EditDomain({
  name,
  comment,
  isDisabled,
  isEmpty,
  quotaText,
  messagesText,
  usersText,
  aliasesText,
  useText,
  aliasOf,
  archive,
  elsewhere,
}: {
  name: string;
  comment: string;
  isDisabled: boolean;
  isEmpty: boolean;
  /** The limits as they are edited; empty = none. */
  quotaText: string;
  messagesText: string;
  usersText: string;
  aliasesText: string;
  /** What its users use together now. */
  useText: string;
  aliasOf: string;
  archive: string;
  elsewhere: Elsewhere | '';
  /** Domains it may be an alias of. */
}) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={name}>
        <ActionForm
          action={editDomainAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="name" value={name} />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" defaultValue={comment} autoFocus />
          </FormField>
          <FormField
            name="quota"
            label="Storage of all users"
            help={`A size such as 50 GB; empty for no limit. Now: ${useText}.`}
          >
            <Input name="quota" defaultValue={quotaText} placeholder="no limit" />
          </FormField>
          <FormField
            name="messages"
            label="Messages of all users"
            help="A number; empty for no limit."
          >
            <Input
              name="messages"
              inputMode="numeric"
              defaultValue={messagesText}
              placeholder="no limit"
            />
          </FormField>
          <div className="grid gap-4 sm:grid-cols-2">
            <MostField name="maxUsers" label="Users at most" value={usersText} />
            <MostField name="maxAliases" label="Aliases at most" value={aliasesText} />
          </div>
          <AliasOf value={aliasOf} name={name} />
          <Mailboxes value={elsewhere} />
          <FormField
            name="archive"
            label="Archive"
            isOptional
            help="An address, here or outside, that gets a copy of all mail to and from this domain. Tell the people whose mail it is."
          >
            <Input
              name="archive"
              defaultValue={archive}
              placeholder="archive@example.org"
              autoCapitalize="off"
              spellCheck={false}
            />
          </FormField>
          <Switch
            name="isEnabled"
            defaultChecked={!isDisabled}
            label="Takes mail"
            help="Off: mail for this domain is refused; its users can still sign in and read."
          />
          <FormButtons onCancel={close} label="Save">
            <ActionButton
              variant="danger-ghost"
              className="mr-auto"
              disabled={!isEmpty}
              title={isEmpty ? undefined : 'Remove its users and aliases first'}
              action={() => removeDomainAction(name)}
              doneText={`${name} deleted`}
              onDone={close}
              confirm={{
                title: `Delete ${name}?`,
                text: 'Mail to this domain will be refused from the next command on.',
                confirmLabel: 'Delete domain',
              }}
            >
              Delete
            </ActionButton>
          </FormButtons>
        </ActionForm>
      </Dialog>
    </>
  );
}

function MostField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <FormField name={name} label={label} help="Empty for no limit.">
      <Input name={name} inputMode="numeric" defaultValue={value} placeholder="no limit" />
    </FormField>
  );
}

const mailboxes: Record<Elsewhere | '', string> = {
  '': 'on this server',
  all: 'on another server, which knows the addresses',
  listed: 'on another server; addresses are the users and aliases here',
  others: 'here for its users, on another server for all other addresses',
};

function Mailboxes({ value = '' }: { value?: Elsewhere | '' }) {
  return (
    <FormField
      name="elsewhere"
      label="Mailboxes"
      help="Mail for another server is taken here and passed on by a relay rule for this domain. What its users send from here is signed all the same."
    >
      <Select name="elsewhere" defaultValue={value}>
        {Object.entries(mailboxes).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
    </FormField>
  );
}

function AliasOf({ value = '', name = '' }: { value?: string; name?: string }) {
  const others = useContext(WholeDomains).filter((each) => each !== name);
  if (others.length === 0) return <input type="hidden" name="aliasOf" value={value} />;
  return (
    <FormField
      name="aliasOf"
      label="Alias of"
      help="Every address of that domain receives here too, and its users may send with it."
    >
      <Select name="aliasOf" defaultValue={value}>
        <option value="">no other domain</option>
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </FormField>
  );
}
