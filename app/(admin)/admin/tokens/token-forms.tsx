'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ToldOnce } from '#components/admin/told-once.tsx';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { MomentInput } from '#components/ui/moment-input.tsx';
import { isOverDomains, type Role, readRole, roleTexts } from '#lib/accounts/role.ts';
import { addTokenAction, removeTokenAction } from './actions.ts';

const helps: Partial<Record<Role, string>> = {
  'help-desk': 'Sets passwords, signs users out and reads what happened, in the domains below.',
  'domain-admin': 'Looks after users, aliases and shared mailboxes of the domains below.',
  admin: 'Everything, as you.',
};
const offered = Object.keys(helps) as Role[];

export function AddToken() {
  const [isOpen, setIsOpen] = useState(false);
  const [token, setToken] = useState('');
  const [role, setRole] = useState<Role>('domain-admin');
  const close = () => {
    setIsOpen(false);
    setToken('');
  };
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Make token
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={token ? 'Your token' : 'Make a token'}>
        {token ? (
          <ToldOnce label="Token" secret={token} onDone={close} />
        ) : (
          isOpen && (
            <ActionForm
              action={addTokenAction}
              onDone={({ secret = '' }) => setToken(secret)}
              className="flex flex-col gap-4"
            >
              <FormField name="name" label="Name" help="What program shows it.">
                <Input name="name" placeholder="Billing" autoFocus />
              </FormField>
              <FormField name="role" label="Role" help={helps[role]}>
                <Select
                  name="role"
                  value={role}
                  onChange={({ target }) => setRole(readRole(target.value))}
                >
                  {offered.map((each) => (
                    <option key={each} value={each}>
                      {roleTexts[each]}
                    </option>
                  ))}
                </Select>
              </FormField>
              {isOverDomains(role) && (
                <FormField name="domains" label="Domains" help="One a line.">
                  <Textarea name="domains" rows={2} className="font-mono" spellCheck={false} />
                </FormField>
              )}
              <Checkbox
                name="mayChange"
                defaultChecked
                label="May change things"
                help="Without it the token only reads."
              />
              <FormField
                name="networks"
                label="From these networks only"
                isOptional
                help="Such as 192.0.2.0/24; empty for anywhere."
              >
                <Input name="networks" className="font-mono" spellCheck={false} />
              </FormField>
              <FormField name="expiresAt" label="Until" isOptional help="Empty for always.">
                <MomentInput name="expiresAt" />
              </FormField>
              <FormButtons label="Make token" onCancel={close} />
            </ActionForm>
          )
        )}
      </Dialog>
    </>
  );
}

export function RemoveToken({ id, name }: { id: string; name: string }) {
  return (
    <ActionButton
      size="sm"
      variant="danger-ghost"
      aria-label={`Remove ${name}`}
      action={() => removeTokenAction(id)}
      doneText={`${name} removed`}
      confirm={{
        title: `Remove the token “${name}”?`,
        text: 'The program that shows it is refused from then on.',
        confirmLabel: 'Remove token',
      }}
    >
      Remove
    </ActionButton>
  );
}
