'use client';
import { useState, useTransition } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Select, Textarea } from '#components/ui/input.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { ImportKind, ImportStep } from '#lib/queue/import-map.ts';
import { applyImportAction, planImportAction } from './actions.ts';

const kinds: Record<ImportKind, string> = {
  aliases: '/etc/aliases',
  virtual: 'virtual_alias_maps',
  transport: 'transport_maps',
  sender_relay: 'sender_dependent_relayhost_maps',
  relayhost: 'relayhost',
  sasl_passwd: 'smtp_sasl_password_maps',
  tls_policy: 'smtp_tls_policy_maps',
  relay_domains: 'relay_domains',
  access: 'check_*_access',
  canonical: 'canonical_maps',
  mynetworks: 'mynetworks',
  passwd: 'Users: /etc/passwd',
  shadow: 'Users: /etc/shadow',
  dovecot: 'Users: Dovecot passwd-file',
};

const examples: Record<ImportKind, string> = {
  aliases: 'root: anna@example.org\ninfo: anna, ben@example.net',
  virtual: 'sales@example.org anna@example.org\n@example.net anna@example.org',
  transport:
    'example.com smtp:[relay.example.net]:587\nold.example.com error:5.1.1 gone\n* relay:[smart.example.net]',
  sender_relay: '@example.org [smtp.provider.example]:587',
  relayhost: '[smart.example.net]:587',
  sasl_passwd: '[smart.example.net]:587 name:password',
  tls_policy: 'example.com encrypt\n[smart.example.net]:587 secure',
  relay_domains: 'example.com example.net',
  access: 'spam.example REJECT No, thank you\nfriend@example.com OK',
  canonical: '@old.example.org @example.org',
  mynetworks: '192.168.1.0/24 [2001:db8::]/32',
  passwd: 'anna:x:1000:1000:Anna Berg,,,:/home/anna:/bin/bash',
  shadow: 'anna:$y$j9T$…:19700:0:99999:7:::',
  dovecot: 'anna@example.org:{SHA512-CRYPT}$6$…::::::userdb_quota_rule=*:storage=5G',
};

const scopes: Partial<Record<ImportKind, string[]>> = {
  access: ['client', 'helo', 'sender', 'recipient'],
  canonical: ['both', 'sender', 'recipient'],
};

const kindsWithDomain: ImportKind[] = [
  'aliases',
  'virtual',
  'canonical',
  'passwd',
  'shadow',
  'dovecot',
];

const tones = { add: 'ok', change: 'info', same: 'neutral', refuse: 'danger' } as const;
const plannedTexts = { add: 'adds', change: 'changes', same: 'is here', refuse: 'refused' };
const shownSteps = 500;

export function ImportForm({ domains }: { domains: string[] }) {
  const [kind, setKind] = useState<ImportKind>('aliases');
  const [text, setText] = useState('');
  const [domain, setDomain] = useState(domains[0] ?? '');
  const [scope, setScope] = useState('');
  const [answer, setAnswer] = useState<{ steps: ImportStep[]; isDone: boolean } | null>(null);
  const [error, setError] = useState('');
  const [isPending, start] = useTransition();
  const toast = useToast();
  const choices = scopes[kind] ?? [];
  const hasDomain = kindsWithDomain.includes(kind);
  const run = (isDone: boolean) =>
    start(async () => {
      const asked = {
        kind,
        text,
        domain: hasDomain ? domain : '',
        scope: choices.length > 0 ? scope || (choices[0] ?? '') : '',
      };
      const { error, steps } = await (isDone ? applyImportAction : planImportAction)(asked);
      setError(error ?? '');
      setAnswer(error ? null : { steps, isDone });
      if (isDone && !error) toast.show({ text: 'Imported' });
    });
  const reset = () => setAnswer(null);
  const isUseful = answer?.steps.some(({ what }) => what === 'add' || what === 'change') ?? false;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <div className="flex flex-wrap gap-4">
        <Field label="Table">
          <Select
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as ImportKind);
              setScope('');
              reset();
            }}
          >
            {Object.entries(kinds).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        {choices.length > 0 && (
          <Field label="Of">
            <Select
              value={scope || choices[0]}
              onChange={(event) => {
                setScope(event.target.value);
                reset();
              }}
            >
              {choices.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          </Field>
        )}
        {hasDomain && domains.length > 0 && (
          <Field label="Domain of bare names">
            <Select
              value={domain}
              onChange={(event) => {
                setDomain(event.target.value);
                reset();
              }}
            >
              {domains.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          </Field>
        )}
      </div>
      <Field label="Content">
        <Textarea
          value={text}
          rows={12}
          className="font-mono"
          placeholder={examples[kind]}
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            reset();
          }}
        />
      </Field>
      {error && <Banner tone="danger">{error}</Banner>}
      <div className="flex flex-wrap gap-2">
        <Button isPending={isPending} disabled={text.trim() === ''} onClick={() => run(false)}>
          Show what would change
        </Button>
        <Button
          variant="primary"
          isPending={isPending}
          disabled={!isUseful || answer?.isDone === true}
          onClick={() => run(true)}
        >
          Import
        </Button>
      </div>
      {answer && <Steps steps={answer.steps} isDone={answer.isDone} />}
    </div>
  );
}

function Steps({ steps, isDone }: { steps: ImportStep[]; isDone: boolean }) {
  const count = (what: ImportStep['what']) => steps.filter((step) => step.what === what).length;
  const verb = isDone ? 'were' : 'would be';
  return (
    <section>
      <p role="status" className="mb-2 text-muted">
        {count('add')} {verb} added, {count('change')} changed; {count('same')} are here already,{' '}
        {count('refuse')} refused.
      </p>
      <Table label="Lines">
        <TableHead>
          <Th className="text-right">Line</Th>
          <Th>What</Th>
          <Th>Entry</Th>
        </TableHead>
        <TableBody>
          {steps.slice(0, shownSteps).map((step) => (
            <TableRow key={`${step.line} ${step.text}`}>
              <Td className="text-right tabular-nums">{step.line}</Td>
              <Td>
                <Badge tone={tones[step.what]}>{plannedTexts[step.what]}</Badge>
              </Td>
              <Td className="w-full [overflow-wrap:anywhere]">{step.text}</Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {steps.length > shownSteps && (
        <p className="mt-2 text-muted">and {steps.length - shownSteps} lines more</p>
      )}
    </section>
  );
}
