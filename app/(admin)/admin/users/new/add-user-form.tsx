'use client';
import { useState } from 'react';
import { ActionForm, SubmitButton } from '#components/ui/action-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { addUserAction } from '../actions.ts';
import {
  AddressField,
  MustChangeField,
  NameField,
  PasswordField,
  QuotaFields,
  type QuotaTexts,
  RoleField,
} from '../user-fields.tsx';

export type Usual = QuotaTexts & { isTemporary: boolean };

export function AddUserForm({
  domains,
  domain,
  mayGiveRoles,
  usual,
  usualOf,
  minPasswordLength,
}: {
  domains: string[];
  domain?: string;
  mayGiveRoles: boolean;
  /** What new users get, of domains that say nothing themselves and of the others */
  usual: Usual;
  usualOf: Record<string, Usual>;
  minPasswordLength: number;
}) {
  const [chosen, setChosen] = useState(domain ?? domains[0] ?? '');
  const { isTemporary, ...defaultQuota } = usualOf[chosen] ?? usual;
  return (
    <ActionForm
      action={addUserAction}
      className="flex max-w-xl flex-col gap-4 rounded-lg border bg-surface p-5"
    >
      <AddressField domains={domains} domain={domain} onDomain={setChosen} />
      <NameField />
      <PasswordField label="Password" minLength={minPasswordLength} />
      <MustChangeField key={String(isTemporary)} isOn={isTemporary} />
      {mayGiveRoles && <RoleField />}
      <QuotaFields defaults={defaultQuota} />
      <div className="flex gap-2 pt-1">
        <SubmitButton>Add user</SubmitButton>
        <ButtonLink href="/admin/users">Cancel</ButtonLink>
      </div>
    </ActionForm>
  );
}
