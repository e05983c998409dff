// Mail on its way out: every recipient that waits, with the last words of the other side (Postfix: mailq).
import { Inbox } from 'lucide-react';
import type { Metadata } from 'next';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { Selection } from '#components/admin/table/selection.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Time } from '#components/ui/time.tsx';
import { idsOf } from '#lib/accounts/staff.ts';
import { isFiltering } from '#lib/queue/filter.ts';
import { listQueuePage, type QueueOrder, queueOrders } from '#lib/queue/page.ts';
import { listPauses, type Pause } from '#lib/queue/pause.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { BulkQueue } from './bulk-queue.tsx';
import { ageTexts, filterNames, readFilter, reasonTexts, stateTexts } from './filter.ts';
import { PauseButton, ResumeButton } from './pause-forms.tsx';
import { QueueTable } from './queue-table.tsx';

export const metadata: Metadata = { title: 'Queue' };

export default async function QueuePage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('queue');
  const isSuper = staff.role === 'admin';
  const parameters = await readParameters(searchParams);
  const asked = readFilter(parameters);
  const filter = { ...asked, domainIds: idsOf(staff.scope) };
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const list = readListState('/admin/queue', parameters, {
    orders: Object.keys(queueOrders) as QueueOrder[],
    initial: '-added',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const [page, pauses] = await Promise.all([
    listQueuePage(filter, { ...list, pageSize }),
    isSuper ? listPauses() : [],
  ]);
  const { rows } = page;
  const isFiltered = isFiltering(asked);
  return (
    <>
      <AutoRefresh seconds={10} />
      <ListHeader
        title="Queue"
        description="Mail to other servers waits here until it is delivered or given up, and all mail that is held or scheduled. One row is one recipient."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/queue/export', chosen)}
      >
        {isSuper && (
          <>
            <ButtonLink href="/admin/queue/suppressed">Unknown addresses</ButtonLink>
            <PauseButton destination={asked.domain} />
          </>
        )}
      </ListHeader>
      {pauses.map((pause) => (
        <PauseBanner key={pause.destination} pause={pause} />
      ))}
      {(rows.length > 0 || isFiltered) && <QueueFilterForm chosen={chosen} />}
      {rows.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Inbox />}
          title={isFiltered ? 'Nothing fits' : 'The queue is empty'}
          action={isFiltered && <ButtonLink href="/admin/queue">Show the whole queue</ButtonLink>}
        >
          {isFiltered ? undefined : 'No mail waits.'}
        </EmptyState>
      ) : (
        <Selection ids={rows.map(({ id }) => id)} {...page}>
          <BulkQueue filter={chosen} />
          <QueueTable
            rows={rows}
            list={list}
            mayAll={isSuper}
            paused={pauses.map(({ destination }) => destination)}
          />
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function PauseBanner({ pause: { destination, reason, by, until } }: { pause: Pause }) {
  return (
    <Banner tone="warn" className="mb-3 flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-64 break-words">
        {destination === '*' ? 'The whole queue is paused' : `Nothing is sent to ${destination}`}
        {until && (
          <>
            {' '}
            until <Time at={until} />
          </>
        )}
        {reason && `: ${reason}`} <span className="text-sm">({by})</span>
      </p>
      <ResumeButton destination={destination} />
    </Banner>
  );
}

function QueueFilterForm({ chosen }: { chosen: Record<string, string> }) {
  const { q, state, reason, age, domain, sender, reply } = chosen;
  return (
    <SearchForm action="/admin/queue" label="Search sender, recipient, subject" initial={q ?? ''}>
      <Choice name="state" value={state} label="State" all="All states" texts={stateTexts} />
      <Choice name="age" value={age} label="Age" all="Any age" texts={ageTexts} />
      <details
        className="order-last basis-full"
        open={[reason, domain, sender, reply].some((text) => text !== '')}
      >
        <summary className="text-sm text-muted">Domain, sender, last reply</summary>
        <div className="mt-2 flex flex-wrap gap-2">
          <Words name="domain" value={domain} label="Domain of the recipient" />
          <Words name="sender" value={sender} label="Sender (<>: none)" />
          <Words name="reply" value={reply} label="Last reply: words, code, host" />
          <Choice
            name="reason"
            value={reason}
            label="Held because"
            all="Held or not"
            texts={Object.fromEntries(
              Object.entries(reasonTexts).map(([value, text]) => [value, `held: ${text}`]),
            )}
          />
          {/* Enter in one of several fields sends only where there is a button. */}
          <button type="submit" className="sr-only">
            Search
          </button>
        </div>
      </details>
    </SearchForm>
  );
}

function Words({ name, value = '', label }: { name: string; value?: string; label: string }) {
  return (
    <span className="w-full sm:w-60">
      <Input
        key={value}
        name={name}
        defaultValue={value}
        aria-label={label}
        placeholder={label}
        autoCapitalize="none"
      />
    </span>
  );
}

function Choice({
  name,
  value = '',
  label,
  all,
  texts,
}: {
  name: string;
  value?: string;
  label: string;
  all: string;
  texts: Record<string, string>;
}) {
  return (
    <Select
      key={value}
      name={name}
      defaultValue={value}
      aria-label={label}
      className="w-[calc(50%-0.25rem)] sm:w-44"
    >
      <option value="">{all}</option>
      {Object.entries(texts).map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </Select>
  );
}
