import { Globe } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { readDomains } from '#lib/accounts/domain-list.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import {
  everyDomain,
  listUserDefaults,
  mergeDefaults,
  nothingSaid,
  type UserDefaults,
} from '#lib/accounts/user-defaults.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { requireStaff } from '../../../../session.ts';
import { type Parameters, readParameters } from '../../../parameters.ts';
import { describeDefaultQuota } from '../default-quota.ts';
import { AddUserForm, type Usual } from './add-user-form.tsx';

export const metadata: Metadata = { title: 'Add user' };

export default async function NewUserPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('users');
  const { domain } = await readParameters(searchParams);
  const [domains, settings, all] = await Promise.all([
    readDomains(idsOf(staff.scope)),
    readSettings(),
    listUserDefaults(),
  ]);
  const every = all.find((each) => each.domain === everyDomain) ?? nothingSaid;
  const said = all.filter((each) => domains.some(({ name }) => name === each.domain));
  return (
    <>
      <PageHeader
        title="Add user"
        back={
          <Link href="/admin/users" className="hover:underline">
            Users
          </Link>
        }
      />
      {domains.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Globe />}
          title="Add a domain first"
          action={<ButtonLink href="/admin/domains">To the domains</ButtonLink>}
        >
          A user's address belongs to one of the server's domains.
        </EmptyState>
      ) : (
        <AddUserForm
          domains={domains.map(({ name }) => name)}
          domain={domain}
          mayGiveRoles={staff.role === 'admin'}
          usual={toUsual(settings, every)}
          usualOf={Object.fromEntries(
            said.map((own) => [own.domain, toUsual(settings, mergeDefaults(every, own))]),
          )}
          minPasswordLength={settings['security.minPasswordLength']}
        />
      )}
    </>
  );
}

function toUsual(settings: Settings, defaults: UserDefaults): Usual {
  return {
    ...describeDefaultQuota(settings, defaults),
    isTemporary: defaults.mustChange === true,
  };
}
