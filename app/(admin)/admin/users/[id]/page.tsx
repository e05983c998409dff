// One user: name, role and quota; password; other addresses; disabling and deleting.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { formatCount, formatExactBytes } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { listAliases } from '#lib/accounts/alias.ts';
import { listAppPasswords } from '#lib/accounts/app-password.ts';
import { listDomains } from '#lib/accounts/domain.ts';
import { readSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { listWebSessions } from '#lib/accounts/web-session.ts';
import { countHeld } from '#lib/queue/sending-hold.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../../session.ts';
import { buildHref } from '../../../parameters.ts';
import { describeDefaultDaily, describeDefaultQuota } from '../default-quota.ts';
import { HeldSender } from '../held-sender.tsx';
import { PasswordLink } from './password-link.tsx';
import { SendingSection } from './sending-section.tsx';
import { SignInSection } from './sign-in-section.tsx';
import { DangerZone, PasswordForm, ProfileForm, UserAliases } from './user-forms.tsx';

export const metadata: Metadata = { title: 'User' };

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const admin = await requireAdmin();
  const account = await readAccount((await params).id);
  if (!account) notFound();
  const [factor, passwords, sessions] = await Promise.all([
    readSecondFactor(account.id),
    listAppPasswords(account.id),
    listWebSessions(account.id),
  ]);
  const [usage, held, settings, aliases, domains] = await Promise.all([
    readSendingUsage(account.id),
    account.sendingHold ? countHeld(account.id) : 0,
    readSettings(),
    listAliases({ target: account.address }),
    listDomains(),
  ]);
  const { quotaBytes, quotaMessages, dailyMessages, dailyRecipients } = account;
  const isSelf = account.id === admin.id;
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/users" className="hover:underline">
            Users
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-2">
            {account.address}
            {account.role === 'admin' && <Badge tone="accent">admin</Badge>}
            {account.isDisabled && <Badge tone="warn">disabled</Badge>}
            {!account.hasPassword && account.kind === 'person' && (
              <Badge tone="danger">locked</Badge>
            )}
            {account.mustChange && <Badge tone="info">must change password</Badge>}
            {account.sendingHold && <Badge tone="warn">mail held</Badge>}
          </span>
        }
        description={account.displayName}
      />
      {account.sendingHold && (
        <HeldSender
          isLinked={false}
          sender={{
            id: account.id,
            address: account.address,
            hold: account.sendingHold,
            held,
            hasPassword: account.hasPassword,
            isSelf,
          }}
        />
      )}
      <Facts
        account={account}
        limitBytes={quotaBytes ?? settings['storage.defaultQuotaBytes']}
        limitMessages={quotaMessages ?? settings['storage.defaultQuotaMessages']}
      />
      <Section title="Profile">
        <ProfileForm
          id={account.id}
          displayName={account.displayName}
          role={account.role}
          quota={{
            quota: quotaBytes === null ? '' : formatExactBytes(quotaBytes),
            messages: quotaMessages === null ? '' : formatCount(quotaMessages),
          }}
          defaultQuota={describeDefaultQuota(settings)}
          daily={{
            dailyMessages: dailyMessages === null ? '' : String(dailyMessages),
            dailyRecipients: dailyRecipients === null ? '' : String(dailyRecipients),
          }}
          defaultDaily={describeDefaultDaily(settings)}
        />
      </Section>
      {usage && account.kind === 'person' && (
        <Section title="Sending" description="What the user hands in for others.">
          <SendingSection
            id={account.id}
            address={account.address}
            usage={usage}
            isHeld={usage.hold !== ''}
            hasPassword={account.hasPassword}
            isSelf={isSelf}
          />
        </Section>
      )}
      <Section
        title="Password"
        description="A new password ends the user's sessions on every device."
      >
        <PasswordForm id={account.id} minLength={settings['security.minPasswordLength']} />
        {account.kind === 'person' && !account.isDisabled && (
          <PasswordLink
            id={account.id}
            hasPassword={account.hasPassword}
            mustChange={account.mustChange}
          />
        )}
      </Section>
      {account.kind === 'person' && (
        <Section title="Signing in" description="Second factor, app passwords and browsers.">
          <SignInSection
            id={account.id}
            factor={factor}
            passwords={passwords}
            sessions={sessions}
          />
        </Section>
      )}
      <Section title="Other addresses" description="Aliases whose mail reaches this user.">
        <UserAliases
          address={account.address}
          domains={domains.map(({ name }) => name)}
          aliases={aliases.map((alias) => ({
            address: alias.address,
            others: alias.targets.length - 1,
            isDisabled: alias.isDisabled,
          }))}
        />
      </Section>
      <Section title="Access">
        <DangerZone
          id={account.id}
          address={account.address}
          isDisabled={account.isDisabled}
          isSelf={account.id === admin.id}
        />
      </Section>
    </>
  );
}

function Facts({
  account,
  limitBytes,
  limitMessages,
}: {
  account: Account;
  limitBytes: number;
  limitMessages: number;
}) {
  const facts = [
    { term: 'Storage', value: <QuotaBar used={account.usedBytes} limit={limitBytes} /> },
    {
      term: 'Messages',
      value: <QuotaBar used={account.usedMessages} limit={limitMessages} unit="messages" />,
    },
    {
      term: 'Last sign-in',
      value: account.lastLoginAt ? <Time at={account.lastLoginAt} /> : 'never',
    },
    { term: 'Added', value: <Time at={account.createdAt} /> },
    {
      term: 'Deleted messages',
      value: (
        <Link
          href={`/admin/users/${account.id}/deleted`}
          className="text-accent-text hover:underline"
        >
          Restore
        </Link>
      ),
    },
    {
      term: 'Trail',
      value: (
        <Link
          href={buildHref('/admin/events', { q: account.address })}
          className="text-accent-text hover:underline"
        >
          Events
        </Link>
      ),
    },
  ];
  return (
    <dl className="mb-6 flex flex-wrap gap-x-10 gap-y-3">
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt className="text-sm text-faint">{term}</dt>
          <dd className="mt-0.5">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
