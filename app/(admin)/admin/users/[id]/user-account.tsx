// The parts of a user's page that are about the account itself: name and limits, role, sending, password, signing in, aliases.
import { formatCount, formatExactBytes } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { listAppPasswords } from '#lib/accounts/app-password.ts';
import { listCharges } from '#lib/accounts/role-change.ts';
import { readSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { listWebSessions } from '#lib/accounts/web-session.ts';
import type { Settings } from '#lib/settings/index.ts';
import { describeDefaultDaily, describeDefaultQuota } from '../default-quota.ts';
import { PasswordLink } from './password-link.tsx';
import { RoleForm } from './role-form.tsx';
import { SendingSection } from './sending-section.tsx';
import { SignInSection } from './sign-in-section.tsx';
import { PasswordForm, ProfileForm, UserAliases } from './user-forms.tsx';

export function Profile({
  account: { id, displayName, quotaBytes, quotaMessages, dailyMessages, dailyRecipients },
  settings,
  mayLimitSending,
}: {
  account: Account;
  settings: Settings;
  mayLimitSending: boolean;
}) {
  return (
    <Section title="Profile">
      <ProfileForm
        id={id}
        displayName={displayName}
        quota={{
          quota: quotaBytes === null ? '' : formatExactBytes(quotaBytes),
          messages: quotaMessages === null ? '' : formatCount(quotaMessages),
        }}
        defaultQuota={describeDefaultQuota(settings)}
        daily={
          mayLimitSending
            ? {
                dailyMessages: dailyMessages === null ? '' : String(dailyMessages),
                dailyRecipients: dailyRecipients === null ? '' : String(dailyRecipients),
              }
            : null
        }
        defaultDaily={describeDefaultDaily(settings)}
      />
    </Section>
  );
}

export async function UserRole({
  account: { id, role },
  domains,
}: {
  account: Account;
  domains: string[];
}) {
  return (
    <Section title="Role" description="Another role ends the user's sessions.">
      <RoleForm id={id} role={role} charges={await listCharges(id)} domains={domains} />
    </Section>
  );
}

export async function Sending({
  account: { id, address, isLocked },
  isSelf,
}: {
  account: Account;
  isSelf: boolean;
}) {
  const usage = await readSendingUsage(id);
  if (!usage) return null;
  return (
    <Section title="Sending" description="What the user hands in for others.">
      <SendingSection
        id={id}
        address={address}
        usage={usage}
        isHeld={usage.hold !== ''}
        isLocked={isLocked}
        isSelf={isSelf}
      />
    </Section>
  );
}

export function Password({
  account: { id, kind, isDisabled, hasPassword, mustChange },
  minLength,
  mayEdit,
}: {
  account: Account;
  minLength: number;
  /** Without, the passwords that are set are temporary ones. */
  mayEdit: boolean;
}) {
  return (
    <Section
      id="password"
      title="Password"
      description="A new password ends the user's sessions on every device."
    >
      <PasswordForm id={id} minLength={minLength} isTemporary={!mayEdit} />
      {kind === 'person' && !isDisabled && (
        <PasswordLink
          id={id}
          hasPassword={hasPassword}
          mustChange={mustChange}
          mayLetStay={mayEdit}
        />
      )}
    </Section>
  );
}

export async function SigningIn({
  account: { id },
  mayTakeAway,
}: {
  account: Account;
  mayTakeAway: boolean;
}) {
  const [factor, passwords, sessions] = await Promise.all([
    readSecondFactor(id),
    listAppPasswords(id),
    listWebSessions(id),
  ]);
  return (
    <Section title="Signing in" description="Second factor, app passwords and browsers.">
      <SignInSection {...{ id, factor, passwords, sessions, mayTakeAway }} />
    </Section>
  );
}

export async function OtherAddresses({
  account: { address },
  domains,
  domainIds,
}: {
  account: Account;
  domains: string[];
  /** Whose aliases are told; undefined = all */
  domainIds: string[] | undefined;
}) {
  const aliases = await listAliases({ target: address, domainIds });
  return (
    <Section title="Other addresses" description="Aliases whose mail reaches this user.">
      <UserAliases
        address={address}
        domains={domains}
        aliases={aliases.map((alias) => ({
          address: alias.address,
          others: alias.targets.length - 1,
          isDisabled: alias.isDisabled,
        }))}
      />
    </Section>
  );
}
