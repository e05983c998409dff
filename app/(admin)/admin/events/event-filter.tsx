// The search above the events: by whom, by what, and by reason and time.
import { eventKinds } from '#components/admin/event-list.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { TimeFields } from '../../time-fields.tsx';

export function EventFilter({
  filters: { q, kind, reason, from, until },
}: {
  filters: Record<'q' | 'kind' | 'reason' | 'from' | 'until', string>;
}) {
  return (
    <SearchForm
      action="/admin/events"
      label="Address, Message-ID, queue id, server, words"
      initial={q}
    >
      <Select name="kind" defaultValue={kind} aria-label="Kind" className="w-40">
        <option value="">All kinds</option>
        {eventKinds.map((entry) => (
          <option key={entry.kind} value={entry.kind}>
            {entry.label}
          </option>
        ))}
      </Select>
      <details className="order-last basis-full" open={[reason, from, until].some(Boolean)}>
        <summary className="text-sm text-muted">Reason and time</summary>
        <div className="mt-2 flex flex-wrap gap-2">
          <span className="w-44">
            <Input
              name="reason"
              defaultValue={reason}
              aria-label="Reason"
              placeholder="relay-denied, 5.7.1"
            />
          </span>
          <TimeFields from={from} until={until} />
        </div>
      </details>
    </SearchForm>
  );
}
