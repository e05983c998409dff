// One user: name and quota; role; password; signing in; other addresses; disabling and deleting. The help desk sees of it
// what it may change.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { formatCount, formatExactBytes } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { listAppPasswords } from '#lib/accounts/app-password.ts';
import { readPurgeTime } from '#lib/accounts/deleted-account.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import { listCharges } from '#lib/accounts/role-change.ts';
import { readSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { idsOf, mayChange, namesOf } from '#lib/accounts/staff.ts';
import { listWebSessions } from '#lib/accounts/web-session.ts';
import type { Rule } from '#lib/filters/rule.ts';
import { listRules } from '#lib/filters/rules.ts';
import { readVacation } from '#lib/filters/vacation.ts';
import { countHeld } from '#lib/queue/sending-hold.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { toPop3Texts } from '../../../../pop3-fields.ts';
import { currentSession, requireStaff } from '../../../../session.ts';
import { buildHref } from '../../../parameters.ts';
import { RoleBadge } from '../../../role-badge.tsx';
import { describeDefaultDaily, describeDefaultQuota } from '../default-quota.ts';
import { HeldSender } from '../held-sender.tsx';
import { DangerZone, DeletedUser } from './danger-zone.tsx';
import { type ForwardRule, ForwardSection, VacationSection } from './mail-section.tsx';
import { PasswordLink } from './password-link.tsx';
import { ProgramSection } from './program-section.tsx';
import { RoleForm } from './role-form.tsx';
import { SendingSection } from './sending-section.tsx';
import { SignInAs } from './sign-in-as.tsx';
import { SignInSection } from './sign-in-section.tsx';
import { PasswordForm, ProfileForm, RenameForm, UserAliases } from './user-forms.tsx';

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const staff = await requireStaff('people');
  const account = await readAccount((await params).id);
  if (!account || !mayChange(staff, account)) notFound();
  const mayEdit = mayRole(staff.role, 'users');
  const domainIds = idsOf(staff.scope);
  const [factor, passwords, sessions, charges, rules, vacation, pop3] = await Promise.all([
    readSecondFactor(account.id),
    listAppPasswords(account.id),
    listWebSessions(account.id),
    listCharges(account.id),
    listRules(account.id),
    readVacation(account.id),
    readPop3Choice(account.id),
  ]);
  const [usage, held, settings, aliases, domains] = await Promise.all([
    readSendingUsage(account.id),
    account.sendingHold ? countHeld(account.id) : 0,
    readSettings(),
    listAliases({ target: account.address, domainIds }),
    namesOf(staff.scope) ?? listDomainNames(),
  ]);
  const { quotaBytes, quotaMessages, dailyMessages, dailyRecipients } = account;
  const isSelf = account.id === staff.id;
  const mayActAs =
    staff.role === 'admin' &&
    settings['security.signInAsMinutes'] > 0 &&
    account.kind === 'person' &&
    account.role === 'user' &&
    !account.isDisabled &&
    !account.isLocked;
  const goesAt = await readPurgeTime(account);
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
            <RoleBadge role={account.role} />
            {account.isDisabled && !account.deletedAt && <Badge tone="warn">disabled</Badge>}
            {account.deletedAt && <Badge tone="danger">deleted</Badge>}
            {account.isLocked && <Badge tone="danger">locked</Badge>}
            {account.mustChange && <Badge tone="info">must change password</Badge>}
            {account.sendingHold && <Badge tone="warn">mail held</Badge>}
          </span>
        }
        description={account.displayName}
        action={
          <>
            <ButtonLink href="#password">Set password</ButtonLink>
            {mayActAs && <SignInAs id={account.id} address={account.address} />}
          </>
        }
      />
      {goesAt && (
        <DeletedUser id={account.id} address={account.address} until={goesAt} mayEdit={mayEdit} />
      )}
      {account.sendingHold && mayEdit && (
        <HeldSender
          isLinked={false}
          sender={{
            id: account.id,
            address: account.address,
            hold: account.sendingHold,
            held,
            isLocked: account.isLocked,
            isSelf,
          }}
        />
      )}
      <Facts
        account={account}
        limitBytes={quotaBytes ?? settings['storage.defaultQuotaBytes']}
        limitMessages={quotaMessages ?? settings['storage.defaultQuotaMessages']}
        mayRestore={mayEdit}
      />
      {mayEdit && (
        <Section title="Profile">
          <ProfileForm
            id={account.id}
            displayName={account.displayName}
            quota={{
              quota: quotaBytes === null ? '' : formatExactBytes(quotaBytes),
              messages: quotaMessages === null ? '' : formatCount(quotaMessages),
            }}
            defaultQuota={describeDefaultQuota(settings)}
            daily={
              staff.role === 'admin'
                ? {
                    dailyMessages: dailyMessages === null ? '' : String(dailyMessages),
                    dailyRecipients: dailyRecipients === null ? '' : String(dailyRecipients),
                  }
                : null
            }
            defaultDaily={describeDefaultDaily(settings)}
          />
        </Section>
      )}
      {mayEdit && account.kind === 'person' && !account.deletedAt && (
        <Section
          title="Address"
          description="Another name or another domain. Mail, folders, passwords and what names the address come along. Every session ends, and mail programs sign in with the new address."
        >
          <RenameForm
            key={account.address}
            id={account.id}
            address={account.address}
            domains={domains}
          />
        </Section>
      )}
      {staff.role === 'admin' && account.kind === 'person' && (
        <Section title="Role" description="Another role ends the user's sessions.">
          <RoleForm id={account.id} role={account.role} charges={charges} domains={domains} />
        </Section>
      )}
      {usage && mayEdit && account.kind === 'person' && (
        <Section title="Sending" description="What the user hands in for others.">
          <SendingSection
            id={account.id}
            address={account.address}
            usage={usage}
            isHeld={usage.hold !== ''}
            isLocked={account.isLocked}
            isSelf={isSelf}
          />
        </Section>
      )}
      <Section
        id="password"
        title="Password"
        description="A new password ends the user's sessions on every device."
      >
        <PasswordForm
          id={account.id}
          minLength={settings['security.minPasswordLength']}
          isTemporary={!mayEdit}
        />
        {account.kind === 'person' && !account.isDisabled && (
          <PasswordLink
            id={account.id}
            hasPassword={account.hasPassword}
            mustChange={account.mustChange}
            mayLetStay={mayEdit}
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
            mayTakeAway={mayEdit}
          />
        </Section>
      )}
      {mayEdit && account.kind === 'person' && (
        <>
          <Section
            title="Mail programs"
            description="The webmail is open whatever is chosen here. Closing a protocol ends the user's sessions; what POP3 does, the user may choose in the options too."
          >
            <ProgramSection
              id={account.id}
              closed={account.closedProtocols}
              pop3={toPop3Texts(pop3)}
              serverPop3={describeServerPop3(settings)}
            />
          </Section>
          <Section
            title="Forwarding"
            description="Rules of the user that send mail on. The user is told of what is changed here."
          >
            <ForwardSection id={account.id} rules={listForwards(rules)} />
          </Section>
          <Section
            title="Answer while away"
            description="What people who write are told, once a week."
          >
            <VacationSection
              id={account.id}
              vacation={{
                isOn: vacation.isOn,
                subject: vacation.subject,
                text: vacation.text,
                endsOn: vacation.endsAt?.toISOString().slice(0, 10) ?? '',
              }}
            />
          </Section>
        </>
      )}
      {mayRole(staff.role, 'aliases') && (
        <Section title="Other addresses" description="Aliases whose mail reaches this user.">
          <UserAliases
            address={account.address}
            domains={domains}
            aliases={aliases.map((alias) => ({
              address: alias.address,
              others: alias.targets.length - 1,
              isDisabled: alias.isDisabled,
            }))}
          />
        </Section>
      )}
      {mayEdit && !account.deletedAt && (
        <Section title="Access">
          <DangerZone
            id={account.id}
            address={account.address}
            isDisabled={account.isDisabled}
            isSelf={isSelf}
            days={settings['storage.deletedUserDays']}
          />
        </Section>
      )}
    </>
  );
}

/** Names nobody to whom the page itself does not. */
export async function generateMetadata({
  params,
}: {
  params: Promise<{ id: string }>;
}): Promise<Metadata> {
  const isSuper = (await currentSession())?.role === 'admin';
  const account = isSuper ? await readAccount((await params).id) : null;
  return { title: account?.address ?? 'User' };
}

const deletions = { remove: 'remove', trash: 'to Trash', archive: 'to Archive' };

/** What POP3 does for who has chosen nothing, in words. */
function describeServerPop3(settings: Settings) {
  return {
    folders: settings['pop3.folders'].join(', '),
    deletion: deletions[settings['pop3.deletion']],
    marksSeen: settings['pop3.marksSeen'] ? 'read' : 'unread',
  };
}

/** The rules that send mail on. */
function listForwards(rules: Rule[]): ForwardRule[] {
  return rules.flatMap(({ id, name, conditions, actions, isDisabled }) => {
    const forwards = actions.filter((action) => action.do === 'forward');
    if (forwards.length === 0) return [];
    const isKept = forwards.every((forward) => forward.isKept);
    const addresses = forwards.map(({ address }) => address);
    return [{ id, name, addresses, isKept, isConditional: conditions.length > 0, isDisabled }];
  });
}

function Facts({
  account,
  limitBytes,
  limitMessages,
  mayRestore,
}: {
  account: Account;
  limitBytes: number;
  limitMessages: number;
  mayRestore: boolean;
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
    ...(mayRestore
      ? [
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
        ]
      : []),
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
