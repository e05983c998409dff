// What new users get where nothing else is said, of every domain or of one.
import { Globe } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatExactBytes } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { namesOf } from '#lib/accounts/staff.ts';
import {
  everyDomain,
  nothingSaid,
  readUserDefaults,
  type UserDefaults,
} from '#lib/accounts/user-defaults.ts';
import { localeNames } from '#lib/i18n/locales.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireStaff } from '../../../../session.ts';
import { type Parameters, readParameters } from '../../../parameters.ts';
import { describeUsual } from '../default-quota.ts';
import { ChooseDomain } from './choose-domain.tsx';
import { DefaultsForm, type DefaultsTexts } from './defaults-form.tsx';

export const metadata: Metadata = { title: 'Defaults of new users' };

export default async function UserDefaultsPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('users');
  const { domain: wanted } = await readParameters(searchParams);
  const names = namesOf(staff.scope) ?? (await listDomainNames());
  const places = staff.role === 'admin' ? [everyDomain, ...names] : names;
  const domain = wanted || places[0];
  if (domain !== undefined && !places.includes(domain)) notFound();
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/users" className="hover:underline">
            Users
          </Link>
        }
        title="Defaults of new users"
        description="What is left empty in forms, lines, files, the API and the command line. Users who are here keep what they have."
      />
      {domain === undefined ? (
        <EmptyState isBoxed icon={<Globe />} title="No domain yet" />
      ) : (
        <div className="flex flex-col gap-5 rounded-lg border bg-surface p-5">
          {places.length > 1 && <ChooseDomain domain={domain} places={places} />}
          <Defaults key={domain} domain={domain} />
        </div>
      )}
    </>
  );
}

async function Defaults({ domain }: { domain: string }) {
  const [own, every, settings] = await Promise.all([
    readUserDefaults(domain),
    domain === everyDomain ? nothingSaid : readUserDefaults(everyDomain),
    readSettings(),
  ]);
  return (
    <DefaultsForm
      domain={domain}
      values={toTexts(own)}
      usual={describeUsual(every, settings)}
      languages={Object.entries(localeNames)}
    />
  );
}

function toTexts({ quotaBytes, quotaMessages, mustChange, ...rest }: UserDefaults): DefaultsTexts {
  return {
    ...rest,
    quota: quotaBytes === null ? '' : formatExactBytes(quotaBytes),
    messages: quotaMessages === null ? '' : formatCount(quotaMessages),
    mustChange: mustChange === null ? '' : mustChange ? 'yes' : 'no',
  };
}
