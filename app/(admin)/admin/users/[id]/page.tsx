// One user: name and quota; address; role; password; signing in; mail; other addresses; disabling and deleting. The help desk
// sees of it what it may change.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { readPurgeTime } from '#lib/accounts/deleted-account.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { idsOf, mayChange, namesOf, type Staff } from '#lib/accounts/staff.ts';
import { countHeld } from '#lib/queue/sending-hold.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { currentSession, requireStaff } from '../../../../session.ts';
import { RoleBadge } from '../../../role-badge.tsx';
import { HeldSender } from '../held-sender.tsx';
import { DangerZone, DeletedUser } from './danger-zone.tsx';
import { Facts } from './facts.tsx';
import { SignInAs } from './sign-in-as.tsx';
import {
  OtherAddresses,
  Password,
  Profile,
  Sending,
  SigningIn,
  UserRole,
} from './user-account.tsx';
import { RenameForm } from './user-forms.tsx';
import { UserMail } from './user-mail.tsx';

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const staff = await requireStaff('people');
  const account = await readAccount((await params).id);
  if (!account || !mayChange(staff, account)) notFound();
  const [settings, domains, held, goesAt] = await Promise.all([
    readSettings(),
    namesOf(staff.scope) ?? listDomainNames(),
    account.sendingHold ? countHeld(account.id) : 0,
    readPurgeTime(account),
  ]);
  const { id, address, isDisabled, isLocked, deletedAt, sendingHold: hold } = account;
  const mayEdit = mayRole(staff.role, 'users');
  const isSuper = staff.role === 'admin';
  const isPerson = account.kind === 'person';
  const isSelf = id === staff.id;
  return (
    <>
      <UserHeader account={account} mayActAs={mayActAs(staff, account, settings)} />
      {goesAt && <DeletedUser id={id} address={address} until={goesAt} mayEdit={mayEdit} />}
      {hold && mayEdit && (
        <HeldSender isLinked={false} sender={{ id, address, hold, held, isLocked, isSelf }} />
      )}
      <Facts
        account={account}
        limitBytes={account.quotaBytes ?? settings['storage.defaultQuotaBytes']}
        limitMessages={account.quotaMessages ?? settings['storage.defaultQuotaMessages']}
        mayRestore={mayEdit}
      />
      {mayEdit && <Profile account={account} settings={settings} mayLimitSending={isSuper} />}
      {mayEdit && isPerson && !deletedAt && (
        <Section
          title="Address"
          description="Another name or another domain. Mail, folders, passwords and what names the address come along. Every session ends, and mail programs sign in with the new address."
        >
          <RenameForm key={address} id={id} address={address} domains={domains} />
        </Section>
      )}
      {isSuper && isPerson && <UserRole account={account} domains={domains} />}
      {mayEdit && isPerson && <Sending account={account} isSelf={isSelf} />}
      <Password
        account={account}
        minLength={settings['security.minPasswordLength']}
        mayEdit={mayEdit}
      />
      {isPerson && <SigningIn account={account} mayTakeAway={mayEdit} />}
      {mayEdit && isPerson && <UserMail account={account} settings={settings} />}
      {mayRole(staff.role, 'aliases') && (
        <OtherAddresses account={account} domains={domains} domainIds={idsOf(staff.scope)} />
      )}
      {mayEdit && !deletedAt && (
        <Section title="Access">
          <DangerZone
            {...{ id, address, isDisabled, isSelf }}
            days={settings['storage.deletedUserDays']}
          />
        </Section>
      )}
    </>
  );
}

function mayActAs(staff: Staff, account: Account, settings: Settings): boolean {
  return (
    staff.role === 'admin' &&
    settings['security.signInAsMinutes'] > 0 &&
    account.kind === 'person' &&
    account.role === 'user' &&
    !account.isDisabled &&
    !account.isLocked
  );
}

function UserHeader({ account, mayActAs }: { account: Account; mayActAs: boolean }) {
  return (
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
