'use client';
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

export function AddUserForm({
  domains,
  domain,
  mayGiveRoles,
  defaultQuota,
  minPasswordLength,
}: {
  domains: string[];
  domain?: string;
  mayGiveRoles: boolean;
  defaultQuota: QuotaTexts;
  minPasswordLength: number;
}) {
  return (
    <ActionForm
      action={addUserAction}
      className="flex max-w-xl flex-col gap-4 rounded-lg border bg-surface p-5"
    >
      <AddressField domains={domains} domain={domain} />
      <NameField />
      <PasswordField label="Password" minLength={minPasswordLength} />
      <MustChangeField />
      {mayGiveRoles && <RoleField />}
      <QuotaFields defaults={defaultQuota} />
      <div className="flex gap-2 pt-1">
        <SubmitButton>Add user</SubmitButton>
        <ButtonLink href="/admin/users">Cancel</ButtonLink>
      </div>
    </ActionForm>
  );
}
