// One domain: its mail over time, the keys that sign its mail, their records in the DNS, and what stands below the mail.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { type DkimKey, listDkimKeys } from '#lib/accounts/dkim-key.ts';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { findDomain } from '#lib/accounts/domain.ts';
import { findFooter } from '#lib/accounts/footer.ts';
import { isInScope } from '#lib/accounts/staff.ts';
import { askDaemon } from '#lib/control.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../../session.ts';
import { type Parameters, readParameters } from '../../../parameters.ts';
import { CreateKeys, LookUp, StartSigning } from './dkim-buttons.tsx';
import { DkimKeys, type Verdicts } from './dkim-keys.tsx';
import { DomainMail } from './domain-mail.tsx';
import { FooterForm } from './footer-form.tsx';

type Asked = { params: Promise<{ domain: string }>; searchParams: Parameters };

export default async function DomainPage({ params, searchParams }: Asked) {
  const staff = await requireStaff('domains');
  const domain = await findDomain(decodeURIComponent((await params).domain));
  if (!domain || !isInScope(staff.scope, domain.id)) notFound();
  const { range } = await readParameters(searchParams);
  const [keys, footer, rotateDays] = await Promise.all([
    listDkimKeys(domain.name),
    findFooter(domain.name),
    readSetting('delivery.dkimRotateDays'),
  ]);
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
        action={
          <ButtonLink href={`/admin/domains/${encodeURIComponent(domain.name)}/dns`}>
            DNS records
          </ButtonLink>
        }
      />
      <DomainMail domain={domain.name} rangeName={range} />
      <Section
        title="Signing (DKIM)"
        description={describeState(keys, rotateDays)}
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
      <Section
        title="Footer"
        description="Added to what users of this domain send, before it is signed. Not to signed or encrypted mail, and not where it stands already, as in the quote of an answer."
      >
        <FooterForm
          domain={domain.name}
          text={footer?.text ?? ''}
          html={footer?.html ?? ''}
          whose={footer?.for ?? 'outside'}
        />
      </Section>
    </>
  );
}

export async function generateMetadata({
  params,
}: {
  params: Promise<{ domain: string }>;
}): Promise<Metadata> {
  return { title: decodeURIComponent((await params).domain) };
}

/** The page does not wait for the DNS, and is there without the daemon. */
function lookUp(domain: string): Verdicts {
  return askDaemon<Record<string, RecordVerdict>>('dkim-check', { domain }).catch(() => null);
}

function describeState(keys: DkimKey[], rotateDays: number): string {
  const has = (wanted: DkimKey['state']) => keys.some(({ state }) => state === wanted);
  const isRotated = rotateDays > 0 && has('active');
  if (has('new')) {
    const then = isRotated ? 'they sign as soon as these are found.' : 'then start signing.';
    const now = has('active')
      ? 'The keys in use go on until then.'
      : 'Nothing is signed until then.';
    return `Publish the records of the new keys, ${then} ${now}`;
  }
  if (!has('active')) return 'Mail of this domain leaves without a signature.';
  return isRotated
    ? `Mail of this domain is signed. New keys are made after ${rotateDays} days, and administrators are told.`
    : 'Mail of this domain is signed. Make new keys about once a year, or when the server was in strange hands.';
}
