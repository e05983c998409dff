'use client';
import { useState } from 'react';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Select } from '#components/ui/input.tsx';
import { isOverDomains, type Role, readRole, roles, roleTexts } from '#lib/accounts/role.ts';
import { giveRoleAction } from '../actions.ts';

const helps: Record<Role, string> = {
  user: 'An own mailbox and nothing else.',
  'help-desk': 'Sets passwords, signs users out and reads what happened, in the chosen domains.',
  'domain-admin': 'Looks after users, aliases and shared mailboxes of the chosen domains.',
  admin: 'May change everything, roles too.',
};

/** The role of a user and the domains it holds for. */
export function RoleForm({
  id,
  role,
  charges,
  domains,
}: {
  id: string;
  role: Role;
  /** The domains it looks after now. */
  charges: string[];
  /** All domains. */
  domains: string[];
}) {
  const [chosen, setChosen] = useState<Role>(role);
  return (
    <ActionForm action={giveRoleAction} className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="id" value={id} />
      <FormField name="role" label="Role" help={helps[chosen]}>
        <Select
          name="role"
          value={chosen}
          onChange={(event) => setChosen(readRole(event.target.value))}
          className="w-48"
        >
          {roles.map((each) => (
            <option key={each} value={each}>
              {roleTexts[each]}
            </option>
          ))}
        </Select>
      </FormField>
      {isOverDomains(chosen) && (
        <fieldset className="flex max-h-72 flex-col gap-2 overflow-y-auto rounded-md border p-3">
          <legend className="px-1 text-sm font-medium">Domains</legend>
          {domains.map((name) => (
            <Checkbox
              key={name}
              name="domains"
              value={name}
              defaultChecked={charges.includes(name)}
              label={name}
            />
          ))}
        </fieldset>
      )}
      <div>
        <SubmitButton variant="secondary">Save role</SubmitButton>
      </div>
    </ActionForm>
  );
}
