'use client';
import { useRef, useState, useTransition } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { Select, Textarea } from '#components/ui/input.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { BatchLine } from '#lib/accounts/batch-users.ts';
import { runBatchAction } from './actions.ts';

const mostShown = 500;
const tones: Record<BatchLine['outcome'], Tone> = {
  add: 'ok',
  change: 'info',
  delete: 'warn',
  refused: 'danger',
};
const planned = { add: 'would be added', change: 'would change', delete: 'would be deleted' };
const done = { add: 'added', change: 'changed', delete: 'deleted' };

type Answer = { lines: BatchLine[]; isRehearsal: boolean };

export function BatchForm({ domains }: { domains: string[] }) {
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [domain, setDomain] = useState(domains[0] ?? '');
  const [mustChange, setMustChange] = useState(true);
  const [error, setError] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isPending, startTransition] = useTransition();
  const run = (isRehearsal: boolean) =>
    startTransition(async () => {
      const { error: refusal, lines } = await runBatchAction({
        ...{ text, domain, mustChange, isRehearsal },
      });
      setError(refusal ?? '');
      setAnswer(refusal ? null : { lines, isRehearsal });
    });
  const change = (next: string) => {
    setText(next);
    setAnswer(null);
  };
  const good = answer?.lines.filter(({ outcome }) => outcome !== 'refused').length ?? 0;
  return (
    <div className="mb-8 flex flex-col gap-4">
      {error && <Banner tone="danger">{error}</Banner>}
      <Field label="Lines">
        <Textarea
          rows={10}
          value={text}
          onChange={(event) => change(event.target.value)}
          spellCheck={false}
          autoCapitalize="off"
          className="font-mono"
        />
      </Field>
      <div className="flex flex-wrap items-end gap-4">
        <Field label="Domain of names without one">
          <Select
            value={domain}
            onChange={(event) => {
              setDomain(event.target.value);
              setAnswer(null);
            }}
            className="w-56"
          >
            {domains.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <input
          ref={file}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          aria-label="File"
          className="hidden"
          onChange={async (event) => {
            const chosen = event.target.files?.[0];
            if (chosen) change(await chosen.text());
            event.target.value = '';
          }}
        />
        <Button onClick={() => file.current?.click()}>Read a file…</Button>
      </div>
      <Checkbox
        label="The web asks those who are added for another password"
        checked={mustChange}
        onChange={(event) => setMustChange(event.target.checked)}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          variant={answer?.isRehearsal ? 'secondary' : 'primary'}
          isPending={isPending}
          disabled={text.trim() === ''}
          onClick={() => run(true)}
        >
          Try
        </Button>
        {answer?.isRehearsal && good > 0 && (
          <Button variant="primary" isPending={isPending} onClick={() => run(false)}>
            Do it for {formatPlural(good, 'user')}
          </Button>
        )}
      </div>
      {answer && <Outcome {...answer} />}
    </div>
  );
}

function Outcome({ lines, isRehearsal }: Answer) {
  const words = isRehearsal ? planned : done;
  const refused = lines.filter(({ outcome }) => outcome === 'refused').length;
  const secrets = lines.filter(({ password }) => password);
  const rank = ({ outcome }: BatchLine) => (outcome === 'refused' ? 0 : 1);
  const refusedFirst = lines.toSorted((one, other) => rank(one) - rank(other));
  return (
    <div role="status" data-batch={isRehearsal ? 'tried' : 'done'} className="flex flex-col gap-3">
      <p>
        {formatPlural(lines.length - refused, 'user')} {isRehearsal ? 'fit' : 'done'}
        {refused > 0 && `, ${formatPlural(refused, 'line')} refused`}
      </p>
      {secrets.length > 0 && (
        <Banner tone="warn" className="flex flex-wrap items-center justify-between gap-3">
          <span>The passwords that were made up are shown only now.</span>
          <CopyText
            label="Copy all passwords"
            text={secrets.map(({ address, password }) => `${address}:${password}`).join('\n')}
          />
        </Banner>
      )}
      <Table label="What happens to each line">
        <TableHead>
          <Th className="text-right">Line</Th>
          <Th>Address</Th>
          <Th>Outcome</Th>
        </TableHead>
        <TableBody>
          {refusedFirst.slice(0, mostShown).map(({ line, address, outcome, text, password }) => (
            <TableRow key={`${line} ${address}`}>
              <Td className="w-12 text-right text-muted tabular-nums">{line}</Td>
              <Td className="break-all">{address || '–'}</Td>
              <Td>
                <Badge tone={tones[outcome]}>
                  {outcome === 'refused' ? 'refused' : words[outcome]}
                </Badge>{' '}
                <span className="text-muted">{text}</span>
                {password && <span className="font-mono text-sm select-all">{password}</span>}
              </Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {lines.length > mostShown && (
        <p className="text-sm text-muted">and {lines.length - mostShown} more</p>
      )}
    </div>
  );
}
