// What other servers report of mail in our name (DMARC) and of their connections to us (TLS reports): who sends as us,
// and whether it passes.
import { FileBarChart } from 'lucide-react';
import type { Metadata } from 'next';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { askDaemon } from '#lib/control.ts';
import {
  listDmarcDays,
  listDmarcDomains,
  listDmarcReports,
  listDmarcSources,
} from '#lib/reports/dmarc.ts';
import { listInboundTls } from '#lib/reports/tls.ts';
import { requireAdmin } from '../../../session.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { DayTable, DomainTable, ReportTable, SourceTable, TlsTable } from './report-tables.tsx';

export const metadata: Metadata = { title: 'Reports' };

const spans = [7, 30, 90, 365];

export default async function ReportsPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const { q = '', days: written = '', only = '' } = await readParameters(searchParams);
  const domain = q.trim().toLowerCase();
  const days = spans.find((span) => `${span}` === written) ?? 30;
  const filter = { domain, days };
  const isFailing = only === 'failing';
  const [domains, sources, perDay, reports, tls] = await Promise.all([
    listDmarcDomains({ days }),
    listDmarcSources({ ...filter, isFailing, limit: 50 }),
    listDmarcDays(filter),
    listDmarcReports(filter, 20),
    listInboundTls(filter),
  ]);
  const addresses = sources.map(({ source }) => source);
  const names = await findNames(addresses);
  const isEmpty = domains.length === 0 && tls.length === 0 && domain === '';
  return (
    <>
      <PageHeader
        title="Reports"
        description="What other servers tell of mail in the name of domains here (DMARC), and of their connections to this server (TLS reports)."
        action={<ButtonLink href="/admin/settings/content">Settings</ButtonLink>}
      />
      {isEmpty ? (
        <EmptyState isBoxed icon={<FileBarChart />} title="No report yet">
          Publish where reports are to go: in the TXT record of _dmarc.example.org
          rua=mailto:dmarc-reports@example.org, in that of _smtp._tls.example.org
          rua=mailto:tls-reports@example.org. Others send one a day.
        </EmptyState>
      ) : (
        <div className="space-y-6">
          <Filters domain={domain} days={days} only={only} />
          <DomainTable rows={domains} days={days} />
          <SourceTable rows={sources} names={names} />
          <DayTable rows={perDay} />
          <TlsTable rows={tls} />
          <ReportTable rows={reports} />
        </div>
      )}
    </>
  );
}

function Filters({ domain, days, only }: { domain: string; days: number; only: string }) {
  return (
    <SearchForm action="/admin/reports" label="Domain" initial={domain}>
      <Select name="days" aria-label="Time" className="w-40" defaultValue={days}>
        {spans.map((span) => (
          <option key={span} value={span}>
            {span} days
          </option>
        ))}
      </Select>
      <Select name="only" aria-label="Mail" className="w-40" defaultValue={only}>
        <option value="">All mail</option>
        <option value="failing">Failed DMARC</option>
      </Select>
    </SearchForm>
  );
}

/** Without the daemon the addresses stand alone. */
async function findNames(addresses: string[]): Promise<Record<string, string>> {
  if (addresses.length === 0) return {};
  return askDaemon<Record<string, string>>('reverse-names', { addresses }).catch(() => ({}));
}
