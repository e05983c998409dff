// Numbers over time: one subject large with a table of its numbers, all of them small, the mail of each domain by day,
// and what block lists say.
import type { Metadata } from 'next';
import Link from 'next/link';
import { DomainMail } from '#components/admin/domain-mail.tsx';
import { Plot, type PlotProps } from '#components/admin/plot/plot.tsx';
import { formatValue } from '#components/admin/plot/words.ts';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { LinkTabs } from '#components/ui/tabs.tsx';
import { Time } from '#components/ui/time.tsx';
import { readBlockLists } from '#lib/numbers/block-list.ts';
import { listDomainMail } from '#lib/numbers/domain-mail.ts';
import { findRange, type Range, ranges, readTimeline } from '#lib/numbers/timeline.ts';
import { requireAdmin } from '../../../session.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { describeDomainPlot, readDomainPlot } from './domain-plot.ts';
import { plotOf, subjects } from './subjects.ts';

export const metadata: Metadata = { title: 'Statistics' };

const others = { domains: 'Domains', 'block-lists': 'Block lists' };
const mostDomains = 200;

export default async function StatisticsPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const { range: rangeName, subject = '', domain } = await readParameters(searchParams);
  const range = findRange(rangeName);
  const known = subjects.find(({ name }) => name === subject);
  const active = known || subject in others ? subject : '';
  const link = (name: string) =>
    buildHref('/admin/statistics', { subject: name, range: range.name });
  return (
    <>
      <PageHeader
        title="Statistics"
        description="Kept by the minute for 2 days, by the hour for 90, by the day for 10 years; all nodes together."
      />
      <div className="mb-4">
        <LinkTabs
          label="Subject"
          active={active}
          items={[
            { id: '', label: 'All', href: link('') },
            ...Object.entries(others).map(([id, label]) => ({ id, label, href: link(id) })),
            ...subjects.map(({ name, title }) => ({ id: name, label: title, href: link(name) })),
          ]}
        />
      </div>
      {active !== 'block-lists' && (
        <nav aria-label="Time" className="mb-4 flex flex-wrap gap-x-4 gap-y-1">
          {ranges.map(({ name, title }) => (
            <Link
              key={name}
              href={buildHref('/admin/statistics', {
                subject: active,
                range: name,
                domain: domain ?? '',
              })}
              aria-current={name === range.name ? 'true' : undefined}
              className="text-sm text-accent-text hover:underline aria-[current]:font-semibold aria-[current]:text-ink"
            >
              {title}
            </Link>
          ))}
        </nav>
      )}
      {active === 'block-lists' && <BlockLists />}
      {active === 'domains' && <Domains range={range} domain={domain} />}
      {active === '' && <All range={range} />}
      {known && <One name={known.name} range={range} />}
    </>
  );
}

async function All({ range }: { range: Range }) {
  const timeline = await readTimeline(range);
  return (
    <div className="grid gap-x-6 lg:grid-cols-2">
      {subjects.map((subject) => (
        <Section
          key={subject.name}
          title={
            <Link
              href={buildHref('/admin/statistics', { subject: subject.name, range: range.name })}
              className="hover:underline"
            >
              {subject.title}
            </Link>
          }
        >
          <Plot {...plotOf(subject, timeline)} />
        </Section>
      ))}
    </div>
  );
}

async function One({ name, range }: { name: string; range: Range }) {
  const subject = subjects.find((one) => one.name === name);
  if (!subject) return null;
  const plot = plotOf(subject, await readTimeline(range));
  return (
    <Section title={subject.title} description={subject.text}>
      {plot.lines.length === 0 ? (
        <EmptyState title="Nothing in this time" />
      ) : (
        <>
          <Plot {...plot} isLarge />
          <Numbers plot={plot} />
        </>
      )}
    </Section>
  );
}

/** The same as a table, the newest first. */
function Numbers({ plot: { title, at, lines, format, stepSeconds } }: { plot: PlotProps }) {
  const isDay = stepSeconds >= 86_400;
  return (
    <details className="mt-6">
      <summary className="cursor-pointer text-accent-text">The numbers as a table</summary>
      <div className="mt-3">
        <Table label={`${title}: the numbers`}>
          <TableHead>
            <Th>From</Th>
            {lines.map((line) => (
              <Th key={line.title} className="text-right">
                {line.title}
              </Th>
            ))}
          </TableHead>
          <TableBody>
            {at
              .map((ms, index) => ({ ms, index }))
              .reverse()
              .map(({ ms, index }) => (
                <TableRow key={ms}>
                  <Td className="whitespace-nowrap">
                    {isDay ? new Date(ms).toISOString().slice(0, 10) : <Time at={new Date(ms)} />}
                  </Td>
                  {lines.map((line) => (
                    <Td key={line.title} className="text-right tabular-nums">
                      {formatValue(line.values[index] ?? null, format)}
                    </Td>
                  ))}
                </TableRow>
              ))}
          </TableBody>
        </Table>
      </div>
    </details>
  );
}

async function Domains({ range, domain }: { range: Range; domain?: string }) {
  const days = Math.max(1, Math.round((range.seconds * range.rows) / 86_400));
  const rows = await listDomainMail(days, mostDomains);
  const title = days === 1 ? 'Today (UTC)' : `The last ${days} days`;
  return (
    <>
      {domain && <OneDomain domain={domain} range={range} />}
      <Section
        title={title}
        description="Copies from outside, to outside, and within this server (for who gets them). Those with most mail first."
      >
        {rows.length === 0 ? (
          <EmptyState title="No mail in this time" />
        ) : (
          <DomainMail
            label={`Mail by domain: ${title}`}
            rows={rows}
            showName={(name) => (
              <Link
                href={buildHref('/admin/statistics', {
                  subject: 'domains',
                  range: range.name,
                  domain: name,
                })}
                className="hover:underline"
              >
                {name}
              </Link>
            )}
          />
        )}
      </Section>
    </>
  );
}

async function OneDomain({ domain, range }: { domain: string; range: Range }) {
  const plot = await readDomainPlot(domain, range);
  return (
    <Section title={domain} description={describeDomainPlot(range)}>
      <Plot {...plot} isLarge />
      <Numbers plot={plot} />
    </Section>
  );
}

const states = {
  clean: { tone: 'ok', word: 'not listed' },
  listed: { tone: 'danger', word: 'listed' },
  failed: { tone: 'neutral', word: 'no answer' },
} as const;

async function BlockLists() {
  const look = await readBlockLists();
  if (!look || look.states.length === 0) {
    return (
      <Section title="Block lists">
        <EmptyState title={look?.text ?? 'Not asked yet'}>
          Every hour the lists of the setting{' '}
          <Link
            href="/admin/settings/doctor#doctor.blockLists"
            className="text-accent-text underline"
          >
            doctor.blockLists
          </Link>{' '}
          are asked about each public address of this server.
        </EmptyState>
      </Section>
    );
  }
  return (
    <Section
      title="Block lists"
      description={
        <>
          Asked <Time at={look.at} />. Which ones:{' '}
          <Link
            href="/admin/settings/doctor#doctor.blockLists"
            className="text-accent-text underline"
          >
            doctor.blockLists
          </Link>
        </>
      }
    >
      <Table label="Block lists and the addresses of this server">
        <TableHead>
          <Th>Address</Th>
          <Th>List</Th>
          <Th>State</Th>
          <Th>Answer</Th>
        </TableHead>
        <TableBody>
          {look.states.map(({ address, zone, state, answer }) => (
            <TableRow key={`${address} ${zone}`}>
              <Td className="font-mono text-sm">{address}</Td>
              <Td className="font-mono text-sm">{zone}</Td>
              <Td>
                <Badge tone={states[state].tone}>{states[state].word}</Badge>
              </Td>
              <Td className="text-sm text-muted">{answer}</Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
