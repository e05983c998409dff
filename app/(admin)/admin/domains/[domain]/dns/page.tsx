// The DNS records of a domain: what should be there, what is there, and whether that will do.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { findDomain } from '#lib/accounts/domain.ts';
import { writeZone } from '#lib/accounts/domain-dns/wanted.ts';
import { isInScope } from '#lib/accounts/staff.ts';
import { askDaemon } from '#lib/control.ts';
import { requireStaff } from '../../../../../session.ts';
import { CheckAgain } from './check-again.tsx';
import { type CheckedRecord, RecordList } from './record-list.tsx';

export default async function DnsPage({ params }: { params: Promise<{ domain: string }> }) {
  const staff = await requireStaff('domains');
  const domain = await findDomain(decodeURIComponent((await params).domain));
  if (!domain || !isInScope(staff.scope, domain.id)) notFound();
  return (
    <>
      <PageHeader
        back={
          <Link
            href={`/admin/domains/${encodeURIComponent(domain.name)}`}
            className="hover:underline"
          >
            {domain.name}
          </Link>
        }
        title="DNS records"
        description="What other servers and programs ask the DNS about this domain, and what it answers now."
        action={<CheckAgain domain={domain.name} />}
      />
      <Suspense fallback={<p className="text-muted">Asking the DNS…</p>}>
        <Records domain={domain.name} />
      </Suspense>
    </>
  );
}

export async function generateMetadata({
  params,
}: {
  params: Promise<{ domain: string }>;
}): Promise<Metadata> {
  return { title: `DNS of ${decodeURIComponent((await params).domain)}` };
}

async function Records({ domain }: { domain: string }) {
  const input = { domain };
  const records = await askDaemon<CheckedRecord[]>('domain-check', input).catch(() => null);
  if (!records) {
    return <Banner tone="warn">The mail daemon does not answer, so nothing was looked up.</Banner>;
  }
  const zone = writeZone(records);
  return (
    <>
      <RecordList records={records} />
      <Section
        title="All as a zone file"
        description="For name servers that take text. Compare it with what is there before you paste it: a domain has one SPF record and one DMARC record."
        action={<CopyText text={zone} label="Copy the zone file" />}
      >
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by key
          tabIndex={0}
          className="overflow-x-auto text-sm print:break-all print:whitespace-pre-wrap"
        >
          {zone}
        </pre>
      </Section>
    </>
  );
}
