// "Where would it go?": asks the daemon, which looks as an attempt would and sends nothing.
'use client';
import { useState, useTransition } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { RelayAnswer } from '#lib/queue/relay-answer.ts';
import { testRouteAction } from './actions.ts';

const looks: Record<RelayAnswer['kind'], { tone: Tone; word: string }> = {
  here: { tone: 'info', word: 'stays here' },
  sent: { tone: 'ok', word: 'sent' },
  held: { tone: 'warn', word: 'held' },
  discarded: { tone: 'danger', word: 'thrown away' },
  returned: { tone: 'danger', word: 'returned' },
};

export function RouteTest() {
  const [asked, setAsked] = useState({ sender: '', recipient: '', user: '' });
  const [found, setFound] = useState<{ error?: string; answer?: RelayAnswer }>({});
  const [isPending, start] = useTransition();
  const field = (name: keyof typeof asked, placeholder: string) => (
    <Input
      value={asked[name]}
      placeholder={placeholder}
      autoCapitalize="off"
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setAsked({ ...asked, [name]: event.target.value })}
    />
  );
  return (
    <section id="try" className="mt-8 scroll-mt-4" aria-labelledby="route-test">
      <h2 id="route-test" className="text-lg font-semibold">
        Where would it go?
      </h2>
      <p className="mb-3 text-muted">By the rules and the DNS of this moment. Nothing is sent.</p>
      <form
        className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          start(async () => setFound(await testRouteAction(asked)));
        }}
      >
        <Field label="From">{field('sender', 'anna@example.org')}</Field>
        <Field label="To">{field('recipient', 'ben@example.net')}</Field>
        <Field label="Sent by user" isOptional>
          {field('user', 'anna@example.org')}
        </Field>
        <Button type="submit" isPending={isPending} disabled={asked.recipient.trim() === ''}>
          Look
        </Button>
      </form>
      <div role="status" className="mt-4">
        {found.error && <Banner tone="danger">{found.error}</Banner>}
        {found.answer && <Answer answer={found.answer} />}
      </div>
    </section>
  );
}

function Answer({ answer }: { answer: RelayAnswer }) {
  const { kind, text, passed, hosts, failure, protocol, login, helo, schedule, limits } = answer;
  const minutes = (ms: number) => Math.round(ms / 60_000);
  const hours = (ms: number) => Math.round(ms / 3_600_000);
  return (
    <div className="flex flex-col gap-3 rounded-lg border bg-surface p-4 [overflow-wrap:anywhere]">
      <p className="font-medium">
        <Badge tone={looks[kind].tone}>{looks[kind].word}</Badge> {text}
      </p>
      {passed.length > 0 && (
        <ul className="text-sm text-muted">
          {passed.map((rule) => (
            <li key={rule.position}>
              Not rule {rule.position} ({rule.conditions}): {rule.why}.
            </li>
          ))}
        </ul>
      )}
      {failure && <Banner tone="warn">{failure}</Banner>}
      {hosts.length > 0 && (
        <ol className="list-decimal ps-5">
          {hosts.map(({ host, address, port, source, tls, why }) => (
            <li key={`${host} ${address} ${port}`}>
              {host}
              {host !== address && <span className="text-muted"> [{address}]</span>}
              {port > 0 && <span className="text-muted"> port {port}</span>}
              {source && <span className="text-muted"> from {source}</span>}
              <span className="block text-sm text-muted">
                {tls}
                {why && `: ${why}`}
              </span>
            </li>
          ))}
        </ol>
      )}
      {kind === 'sent' && (
        <p className="text-sm text-muted">
          {protocol} as {helo}
          {login && `, login ${login}`}. Tried again after {minutes(schedule.firstRetryMs)} minutes,
          then later each time, at most {minutes(schedule.maxRetryMs)}; given up after{' '}
          {hours(schedule.lifetimeMs)} hours. At most {limits.max} at one time
          {limits.rateDelayMs > 0 && `, ${limits.rateDelayMs / 1000} seconds between them`}.
        </p>
      )}
    </div>
  );
}
