// The keys of a domain, each with the record that is to be published and what the DNS says of it now.
import { type ReactNode, Suspense } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DkimKey } from '#lib/accounts/dkim-key.ts';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { KeyButtons } from './dkim-buttons.tsx';

/** By selector; null where the daemon does not answer. */
export type Verdicts = Promise<Record<string, RecordVerdict> | null>;

const algorithms = { rsa: 'RSA 2048', ed25519: 'Ed25519' };
const states: Record<DkimKey['state'], { tone: Tone; text: string }> = {
  new: { tone: 'info', text: 'new' },
  active: { tone: 'ok', text: 'signs' },
  old: { tone: 'neutral', text: 'old' },
};

export function DkimKeys({
  domain,
  keys,
  verdicts,
}: {
  domain: string;
  keys: DkimKey[];
  verdicts: Verdicts;
}) {
  const active = keys.filter(({ state }) => state === 'active').length;
  return (
    <ul className="-m-4 divide-y">
      {keys.map((key) => (
        <li key={key.id} aria-label={key.selector} className="flex flex-col gap-2 px-4 py-3">
          <div className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{algorithms[key.algorithm]}</span>
            <span className="break-all text-muted">{key.selector}</span>
            <Badge tone={states[key.state].tone}>{states[key.state].text}</Badge>
            {!key.isReadable && <Badge tone="danger">cannot be read</Badge>}
            <span className="ml-auto flex gap-1">
              <KeyButtons
                domain={domain}
                selector={key.selector}
                state={key.state}
                isLastActive={active === 1}
                mayGoText={key.mayGoAt?.toISOString().slice(0, 10) ?? ''}
              />
            </span>
          </div>
          <p className="text-sm text-muted">
            <History dkimKey={key} />
          </p>
          <Suspense fallback={<p className="text-sm text-muted">Looking the record up…</p>}>
            <Verdict dkimKey={key} verdicts={verdicts} />
          </Suspense>
          {key.state === 'old' ? (
            <details>
              <summary className="cursor-pointer text-sm text-muted">DNS record</summary>
              <Record dkimKey={key} />
            </details>
          ) : (
            <Record dkimKey={key} />
          )}
        </li>
      ))}
    </ul>
  );
}

function History({ dkimKey }: { dkimKey: DkimKey }): ReactNode {
  const { createdAt, activeAt, retiredAt, mayGoAt, isReadable } = dkimKey;
  if (!isReadable) return 'The secret key of this server has changed: delete it and make new keys.';
  if (retiredAt && mayGoAt) {
    return (
      <>
        Retired <Time at={retiredAt} />. Its record may go after <Time at={mayGoAt} />.
      </>
    );
  }
  if (activeAt) {
    return (
      <>
        Signs since <Time at={activeAt} />.
      </>
    );
  }
  return (
    <>
      Made <Time at={createdAt} />. Signs nothing yet.
    </>
  );
}

async function Verdict({ dkimKey, verdicts }: { dkimKey: DkimKey; verdicts: Verdicts }) {
  const verdict = (await verdicts)?.[dkimKey.selector];
  const { tone, text } = describe(verdict, dkimKey.state);
  return (
    <p className="flex flex-wrap items-baseline gap-2 text-sm">
      <Badge tone={tone}>{text}</Badge>
      <span className="min-w-0 break-words text-muted">{verdict?.text}</span>
    </p>
  );
}

function describe(
  verdict: RecordVerdict | undefined,
  state: DkimKey['state'],
): { tone: Tone; text: string } {
  // Signing without a record fails at every receiver; a record that is not used does no harm.
  const bad: Tone = state === 'active' ? 'danger' : 'warn';
  switch (verdict?.state) {
    case 'right':
      return { tone: 'ok', text: 'in the DNS' };
    case 'missing':
      return { tone: state === 'old' ? 'neutral' : bad, text: 'not in the DNS' };
    case 'different':
      return { tone: bad, text: 'different in the DNS' };
    default:
      return { tone: 'neutral', text: 'could not be looked up' };
  }
}

function Record({ dkimKey: { record, selector } }: { dkimKey: DkimKey }) {
  return (
    <dl className="flex flex-col gap-1">
      <Line term="Name" text={record.name} label={`Copy the name of ${selector}`} />
      <Line term="Type" text={record.type} />
      <Line term="Value" text={record.value} label={`Copy the value of ${selector}`} />
      {record.zoneText.startsWith('(') && (
        <details>
          <summary className="cursor-pointer text-sm text-muted">
            For a zone file, in strings of 255
          </summary>
          <Line term="Value" text={record.zoneText} label={`Copy the strings of ${selector}`} />
        </details>
      )}
    </dl>
  );
}

function Line({ term, text, label }: { term: string; text: string; label?: string }) {
  return (
    <div className="flex items-start gap-2">
      <dt className="w-12 shrink-0 py-1 text-sm text-muted">{term}</dt>
      <dd className="min-w-0 flex-1 py-1 font-mono text-sm break-all whitespace-pre-wrap select-all">
        {text}
      </dd>
      {label && <CopyText text={text} label={label} />}
    </div>
  );
}
