'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, SubmitButton } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import {
  addUserAliasAction,
  editUserAction,
  removeUserAliasAction,
  renameUserAction,
  setPasswordAction,
} from '../actions.ts';
import {
  AddressField,
  DailyFields,
  type DailyTexts,
  MustChangeField,
  NameField,
  PasswordField,
  QuotaFields,
  type QuotaTexts,
  RenameFields,
} from '../user-fields.tsx';

export function ProfileForm({
  id,
  displayName,
  quota,
  defaultQuota,
  daily,
  defaultDaily,
}: {
  id: string;
  displayName: string;
  quota: QuotaTexts;
  defaultQuota: QuotaTexts;
  /** null: not for who looks at it. */
  daily: DailyTexts | null;
  defaultDaily: DailyTexts;
}) {
  return (
    <ActionForm action={editUserAction} className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="id" value={id} />
      <NameField value={displayName} />
      <QuotaFields values={quota} defaults={defaultQuota} />
      {daily && <DailyFields values={daily} defaults={defaultDaily} />}
      <div>
        <SubmitButton>Save profile</SubmitButton>
      </div>
    </ActionForm>
  );
}

export function RenameForm({
  id,
  address,
  domains,
}: {
  id: string;
  address: string;
  domains: string[];
}) {
  return (
    <ActionForm action={renameUserAction} className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="id" value={id} />
      <RenameFields address={address} domains={domains} />
    </ActionForm>
  );
}

export function PasswordForm({
  id,
  minLength,
  isTemporary,
}: {
  id: string;
  minLength: number;
  /** Another one is asked for in any case. */
  isTemporary: boolean;
}) {
  return (
    <ActionForm action={setPasswordAction} isResetWhenDone className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="id" value={id} />
      <PasswordField label="New password" minLength={minLength} />
      {isTemporary ? (
        <p className="text-sm text-muted">
          The user must choose another one at the next sign-in to the web.
        </p>
      ) : (
        <MustChangeField />
      )}
      <div>
        <SubmitButton variant="secondary">Change password</SubmitButton>
      </div>
    </ActionForm>
  );
}

export function UserAliases({
  address,
  domains,
  aliases,
}: {
  address: string;
  domains: string[];
  aliases: { address: string; others: number; isDisabled: boolean }[];
}) {
  return (
    <div className="flex max-w-xl flex-col gap-4">
      {aliases.length > 0 && (
        <ul className="divide-y rounded-md border">
          {aliases.map((alias) => (
            <li key={alias.address} className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
              <span className="min-w-0 flex-1 truncate">
                {alias.address.startsWith('@') ? `Catch-all ${alias.address}` : alias.address}
              </span>
              {alias.isDisabled && <Badge tone="warn">off</Badge>}
              {alias.others > 0 ? (
                <Badge>and {alias.others} more</Badge>
              ) : (
                <ActionButton
                  size="sm"
                  variant="danger-ghost"
                  aria-label={`Remove ${alias.address}`}
                  action={() => removeUserAliasAction(alias.address)}
                  doneText={`${alias.address} removed`}
                >
                  Remove
                </ActionButton>
              )}
            </li>
          ))}
        </ul>
      )}
      <ActionForm action={addUserAliasAction} isResetWhenDone className="flex flex-col gap-3">
        <input type="hidden" name="target" value={address} />
        <AddressField domains={domains} label="New alias" />
        <div>
          <SubmitButton variant="secondary">Add alias</SubmitButton>
        </div>
      </ActionForm>
    </div>
  );
}
