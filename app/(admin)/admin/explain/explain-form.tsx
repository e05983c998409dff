'use client';
import { ArrowRight, CircleCheck, CircleX } from 'lucide-react';
import Link from 'next/link';
import { startTransition, useActionState } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { Section } from '#components/ui/page-header.tsx';
import type { End, ExplainedStep, Explanation } from '#lib/explanation.ts';
import { explainAction } from './actions.ts';
import type { ExplainState } from './explain-state.ts';

type Initial = { client: string; helo: string; from: string; to: string; user: string };

export function ExplainForm({ initial }: { initial: Initial }) {
  const [state, action, isPending] = useActionState<ExplainState, FormData>(explainAction, {});
  const errors = state.fields ?? {};
  const text = (name: keyof Initial, placeholder: string) => (
    <Input
      name={name}
      defaultValue={initial[name]}
      placeholder={placeholder}
      className="font-mono"
      autoCapitalize="off"
      spellCheck={false}
    />
  );
  return (
    <div className="grid items-start gap-x-6 xl:grid-cols-[24rem_minmax(0,1fr)]">
      <Section title="The mail">
        {/* Not the action itself: React would empty the form after it. */}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            startTransition(() => action(form));
          }}
          className="flex flex-col gap-4"
          noValidate
        >
          {state.error && <Banner tone="danger">{state.error}</Banner>}
          <Field label="Address of the client" error={errors.client}>
            {text('client', '192.0.2.1')}
          </Field>
          <Field label="It says in EHLO" isOptional error={errors.helo}>
            {text('helo', 'mail.example.net')}
          </Field>
          <Field
            label="Signed in as"
            isOptional
            error={errors.user}
            help="A user here who submits the mail. Empty: another server, on port 25."
          >
            {text('user', 'user@example.org')}
          </Field>
          <Field
            label="From"
            isOptional
            error={errors.from}
            help="Envelope sender. Empty: a report of a mail system."
          >
            {text('from', 'someone@example.net')}
          </Field>
          <Field label="To" error={errors.to} help="Several with spaces between.">
            {text('to', 'user@example.org')}
          </Field>
          <details>
            <summary className="text-sm font-medium">The message itself</summary>
            <div className="mt-3 flex flex-col gap-4">
              <Field label="Source" isOptional error={errors.text}>
                <Textarea name="text" rows={8} className="font-mono text-sm" spellCheck={false} />
              </Field>
              <Field label="Or a file" isOptional>
                <input
                  type="file"
                  name="file"
                  accept=".eml,message/rfc822,text/plain"
                  className="text-sm"
                />
              </Field>
            </div>
          </details>
          <Button type="submit" variant="primary" isPending={isPending}>
            Explain
          </Button>
        </form>
      </Section>
      <div aria-live="polite" className="min-w-0">
        {state.explanation && <Answer explanation={state.explanation} />}
      </div>
    </div>
  );
}

const stageNames: Record<ExplainedStep['stage'], string> = {
  connect: 'Connection',
  helo: 'EHLO',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'The message',
};

function Answer({ explanation }: { explanation: Explanation }) {
  const { steps, refusal, ends, isJunk, fields } = explanation;
  const parts = Map.groupBy(steps, ({ stage, recipient = '' }) => `${stage} ${recipient}`);
  return (
    <>
      <Section
        title={
          refusal
            ? 'It would be refused'
            : isJunk
              ? 'It would be taken, as junk'
              : 'It would be taken'
        }
      >
        {refusal ? (
          <p className="flex items-start gap-2">
            <CircleX aria-hidden className="mt-0.5 size-5 shrink-0 text-danger-text" />
            <span className="min-w-0">
              The answer to {stageNames[refusal.stage]}:
              <span className="mt-1 block font-mono text-sm wrap-anywhere">
                {refusal.code} {refusal.enhanced} {refusal.text}
              </span>
            </span>
          </p>
        ) : (
          <ul className="flex flex-col gap-2">
            {ends.map((end) => (
              <EndRow key={`${end.recipient} ${end.text}`} end={end} />
            ))}
          </ul>
        )}
        {fields.length > 0 && (
          <details className="mt-3">
            <summary className="text-sm text-muted">Header fields it would get</summary>
            <pre className="mt-1 overflow-x-auto rounded-md bg-sunken p-2 text-xs whitespace-pre-wrap">
              {fields.join('')}
            </pre>
          </details>
        )}
      </Section>
      <Section title="Every step">
        <div className="flex flex-col gap-5">
          {[...parts].map(([part, list]) => (
            <section key={part}>
              <h3 className="mb-1 text-sm font-semibold wrap-anywhere text-muted">
                {list[0] && stageNames[list[0].stage]} {list[0]?.recipient}
              </h3>
              <ol className="divide-y">
                {list.map((step, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
                  <StepRow key={at} step={step} />
                ))}
              </ol>
            </section>
          ))}
        </div>
      </Section>
    </>
  );
}

function EndRow({ end }: { end: End }) {
  const isLost = end.kind === 'refused' || end.kind === 'discarded';
  return (
    <li className="flex items-start gap-2">
      {isLost ? (
        <CircleX aria-hidden className="mt-0.5 size-5 shrink-0 text-danger-text" />
      ) : (
        <CircleCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-ok-text" />
      )}
      <span className="min-w-0 wrap-anywhere">
        <span className="font-medium">{end.recipient}</span>
        <ArrowRight aria-hidden className="mx-1.5 inline size-3.5 text-faint" />
        {end.text}
      </span>
    </li>
  );
}

const tones: Record<string, Tone> = {
  pass: 'ok',
  tag: 'info',
  junk: 'warn',
  welcome: 'ok',
  hold: 'warn',
  discard: 'danger',
  redirect: 'info',
  bcc: 'info',
  refuse: 'danger',
};

function StepRow({ step }: { step: ExplainedStep }) {
  const [key] = step.settings;
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 py-1.5">
      <span>
        <Badge tone={tones[step.outcome]}>{step.outcome}</Badge>
      </span>
      <div className="min-w-0">
        <p className="wrap-anywhere">
          {step.title}
          {step.note && <span className="text-muted"> · {step.note}</span>}
        </p>
        {(key || step.reason) && (
          <p className="text-sm text-muted">
            {step.reason && <span className="font-mono text-xs">{step.reason} </span>}
            {key && (
              <Link
                href={`/admin/settings/${key.split('.')[0]}#${key}`}
                className="font-mono text-xs text-accent-text hover:underline"
              >
                {key}
              </Link>
            )}
          </p>
        )}
      </div>
    </li>
  );
}
