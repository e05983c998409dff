// One domain: the keys that sign its mail, and their records in the DNS.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Badge } from '#components/ui/badge.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { type DkimKey, listDkimKeys } from '#lib/accounts/dkim-key.ts';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { findDomain } from '#lib/accounts/domain.ts';
import { isInScope } from '#lib/accounts/staff.ts';
import { askDaemon } from '#lib/control.ts';
import { requireStaff } from '../../../../session.ts';
import { CreateKeys, LookUp, StartSigning } from './dkim-buttons.tsx';
import { DkimKeys, type Verdicts } from './dkim-keys.tsx';

export const metadata: Metadata = { title: 'Domain' };

export default async function DomainPage({ params }: { params: Promise<{ domain: string }> }) {
  const staff = await requireStaff('domains');
  const domain = await findDomain(decodeURIComponent((await params).domain));
  if (!domain || !isInScope(staff.scope, domain.id)) notFound();
  const keys = await listDkimKeys(domain.name);
  const hasNew = keys.some(({ state }) => state === 'new');
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/domains" className="hover:underline">
            Domains
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-2">
            <span className="break-all">{domain.name}</span>
            {domain.isDisabled && <Badge tone="warn">off</Badge>}
          </span>
        }
        description={domain.comment}
      />
      <Section
        title="Signing (DKIM)"
        description={describeState(keys)}
        action={
          <div className="flex flex-wrap gap-2">
            {keys.length > 0 && <LookUp domain={domain.name} />}
            {hasNew ? (
              <StartSigning domain={domain.name} />
            ) : (
              <CreateKeys domain={domain.name} isFirst={keys.length === 0} />
            )}
          </div>
        }
      >
        {keys.length === 0 ? (
          <p className="max-w-2xl text-muted">
            A signature proves to other servers that a mail is from this domain and was not changed.
            Large mail services put unsigned mail into the junk folder or refuse it. Make a pair of
            keys here, publish the two DNS records that are shown, then start signing.
          </p>
        ) : (
          <DkimKeys domain={domain.name} keys={keys} verdicts={lookUp(domain.name)} />
        )}
      </Section>
    </>
  );
}

/** The page does not wait for the DNS, and is there without the daemon. */
function lookUp(domain: string): Verdicts {
  return askDaemon<Record<string, RecordVerdict>>('dkim-check', { domain }).catch(() => null);
}

function describeState(keys: DkimKey[]): string {
  const has = (wanted: DkimKey['state']) => keys.some(({ state }) => state === wanted);
  if (has('new')) {
    const now = has('active')
      ? 'The keys in use go on until then.'
      : 'Nothing is signed until then.';
    return `Publish the records of the new keys, then start signing. ${now}`;
  }
  return has('active')
    ? 'Mail of this domain is signed. Make new keys about once a year, or when the server was in strange hands.'
    : 'Mail of this domain leaves without a signature.';
}
