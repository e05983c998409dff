// Each record: its verdict, what should be there to copy, what was found.
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Section } from '#components/ui/page-header.tsx';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import type { Need, WantedRecord } from '#lib/accounts/domain-dns/wanted.ts';

export type CheckedRecord = WantedRecord & RecordVerdict & { found: string[] };

const sections: { need: Need; title: string; description: string }[] = [
  { need: 'must', title: 'Needed', description: 'Without these no mail comes.' },
  {
    need: 'should',
    title: 'Expected',
    description: 'Without these large mail services refuse mail or put it into the junk folder.',
  },
  { need: 'may', title: 'Useful', description: 'Comfort for users, and reports for you.' },
];

export function RecordList({ records }: { records: CheckedRecord[] }) {
  return sections.map(({ need, title, description }) => (
    <Section key={need} title={title} description={description}>
      <ul className="-m-4 divide-y">
        {records
          .filter((record) => record.need === need)
          .map((record) => (
            <Line key={`${record.type} ${record.name} ${record.value}`} record={record} />
          ))}
      </ul>
    </Section>
  ));
}

function Line({ record }: { record: CheckedRecord }) {
  const { type, name, value, purpose, state, text, found } = record;
  const { tone, word } = describe(record);
  return (
    <li aria-label={`${type} ${name}`} className="flex flex-col gap-1 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        <span className="font-medium">{type}</span>
        <span className="min-w-0 break-all">{name}</span>
      </div>
      <p className="text-sm text-muted">{purpose}</p>
      {text && <p className="text-sm break-words">{text}</p>}
      {state !== 'right' && (
        <dl className="flex flex-col gap-1">
          <Field term="Name" text={name} />
          <Field term="Value" text={value} />
        </dl>
      )}
      {found.length > 0 && (
        <details>
          <summary className="cursor-pointer text-sm text-muted">Found</summary>
          <ul className="font-mono text-sm break-all">
            {found.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function Field({ term, text }: { term: string; text: string }) {
  return (
    <div className="flex items-start gap-2">
      <dt className="w-12 shrink-0 py-1 text-sm text-muted">{term}</dt>
      <dd className="flex min-w-0 flex-1 items-start gap-2">
        <span className="min-w-0 flex-1 py-1 font-mono text-sm break-all select-all">{text}</span>
        <CopyText text={text} label={`Copy ${term.toLowerCase()}: ${text.slice(0, 60)}`} />
      </dd>
    </div>
  );
}

function describe({ state, need }: CheckedRecord): { tone: Tone; word: string } {
  const bad: Tone = need === 'must' ? 'danger' : need === 'should' ? 'warn' : 'neutral';
  switch (state) {
    case 'right':
      return { tone: 'ok', word: 'right' };
    case 'missing':
      return { tone: bad, word: 'missing' };
    case 'different':
      return { tone: need === 'may' ? 'warn' : bad, word: 'different' };
    case 'unknown':
      return { tone: 'neutral', word: 'could not be looked up' };
  }
}
