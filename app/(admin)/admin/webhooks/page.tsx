// Webhooks: programs elsewhere that are told of events as they happen, with their last answers.
import { Webhook as WebhookIcon } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import {
  countWaiting,
  type HookAnswer,
  listWebhooks,
  type Webhook,
} from '#lib/webhooks/webhook.ts';
import { requireAdmin } from '../../../session.ts';
import { AddWebhook, WebhookButtons } from './webhook-forms.tsx';

export const metadata: Metadata = { title: 'Webhooks' };

const shownAnswers = 5;

export default async function WebhooksPage() {
  await requireAdmin();
  const [hooks, waiting] = await Promise.all([listWebhooks(), countWaiting()]);
  return (
    <>
      <PageHeader
        title="Webhooks"
        description="Programs that are told of events as they happen: a signed POST for each, in order, and again for a day until it is taken. Addresses of the own network are a setting."
        action={<AddWebhook />}
      />
      {hooks.length === 0 ? (
        <EmptyState icon={<WebhookIcon />} title="No webhooks">
          Add one where another program wants to know of mail, sign-ins or changes.
        </EmptyState>
      ) : (
        <ul className="flex flex-col gap-4">
          {hooks.map((hook) => (
            <HookCard key={hook.id} hook={hook} waiting={waiting.get(hook.id) ?? 0} />
          ))}
        </ul>
      )}
    </>
  );
}

function HookCard({ hook, waiting }: { hook: Webhook; waiting: number }) {
  const { id, name, url, events, domains, isDisabled, failures, nextAt, answers } = hook;
  return (
    <li className="flex flex-col gap-3 rounded-lg border bg-surface px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="flex flex-wrap items-center gap-2 font-medium">
            {name}
            {isDisabled && <Badge>disabled</Badge>}
            {!isDisabled && failures > 0 && <Badge tone="danger">failing</Badge>}
            {waiting > 0 && (
              <Badge tone={failures > 0 ? 'warn' : 'neutral'}>{waiting} waiting</Badge>
            )}
          </h2>
          <p className="truncate font-mono text-sm text-muted">{url}</p>
          <p className="text-sm text-muted">
            {events.join(', ')}
            {domains.length > 0 && <> · {domains.join(', ')}</>}
          </p>
          {!isDisabled && nextAt && failures > 0 && (
            <p className="text-sm text-muted">
              next attempt <Time at={nextAt} />
            </p>
          )}
        </div>
        <WebhookButtons hook={{ id, name, url, events, domains }} isDisabled={isDisabled} />
      </div>
      {answers.length > 0 && (
        <ol
          aria-label={`Last answers of ${name}`}
          className="flex flex-col gap-1 border-t pt-3 text-sm"
        >
          {answers.slice(0, shownAnswers).map((answer) => (
            <AnswerLine key={`${answer.at} ${answer.event}`} answer={answer} />
          ))}
        </ol>
      )}
    </li>
  );
}

function AnswerLine({ answer }: { answer: HookAnswer }) {
  const { at, event, status, problem, tookMs } = answer;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3">
      <span className="text-muted">
        <Time at={new Date(at)} />
      </span>
      <Badge tone={problem === '' ? 'ok' : 'danger'}>{status === 0 ? 'no answer' : status}</Badge>
      <span>{event}</span>
      <span className="text-muted">{tookMs} ms</span>
      {problem !== '' && <span className="min-w-0 break-words text-danger-text">{problem}</span>}
    </li>
  );
}
