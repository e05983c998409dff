// One call of a webhook: signed as the Standard Webhooks convention says (HMAC-SHA256 over "id.timestamp.body"), never
// redirected, and to addresses of the public Internet alone unless the administrator allows others.
import { createHmac } from 'node:crypto';
import { isPublicAddress } from '../accounts/public-address.ts';
import { now, uptimeMs } from '../clock.ts';
import { write } from '../db.ts';
import { isRefusal } from '../errors.ts';
import { newId } from '../id.ts';
import { readSetting } from '../settings/index.ts';
import { type VisitRules, visit } from '../webmail/remote/visit.ts';
import { type HookPayload, makeTestPayload } from './payload.ts';
import { addAnswer, type HookAnswer, readHookSecret, readWebhook } from './webhook.ts';

const timeoutMs = 10_000;

/** "v1,…": `secret` as webhook.ts makes it, `seconds` since 1970. */
export function signHook(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Calls the address; never throws. `problem` is empty where it took the event (any 2xx). */
export async function callHook(
  { url, secret }: { url: string; secret: string },
  payload: HookPayload,
  change: Partial<VisitRules> = {},
): Promise<HookAnswer> {
  const body = JSON.stringify(payload);
  const { id } = payload.data;
  const seconds = Math.floor(now().getTime() / 1000);
  const mayBeInside = await readSetting('security.webhooksInside');
  const startedAt = uptimeMs();
  const tell = (status: number, problem: string): HookAnswer => ({
    at: now().toISOString(),
    event: payload.type,
    status,
    problem,
    tookMs: Math.round(uptimeMs() - startedAt),
  });
  try {
    const { status } = await visit(url, {
      method: 'POST',
      body,
      bodyType: 'application/json',
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signHook(secret, id, seconds, body),
      },
      accept: '*/*',
      maxBytes: 0,
      timeoutMs,
      maxRedirects: 0,
      isSecureOnly: !mayBeInside,
      mayVisit: (address) => mayBeInside || isPublicAddress(address),
      ...change,
    });
    return tell(status, status >= 200 && status < 300 ? '' : `It answered ${status}.`);
  } catch (error) {
    if (isRefusal(error)) return tell(0, error.message);
    return tell(0, 'It did not answer in time.');
  }
}

/** Sends a test now and keeps its answer. Refusal 'not-found'. */
export async function testWebhook(id: string, change?: Partial<VisitRules>): Promise<HookAnswer> {
  const hook = await readWebhook(id);
  const secret = await readHookSecret(id);
  const payload = makeTestPayload(newId(), now());
  const answer =
    secret === null
      ? noSecret(payload.type)
      : await callHook({ url: hook.url, secret }, payload, change);
  const answers = addAnswer(hook.answers, answer);
  await write((tx) => tx.webhook.updateMany({ where: { id }, data: { answers } }));
  return answer;
}

/** Where the secret was sealed with the key of another server. */
export function noSecret(event: string): HookAnswer {
  const problem = 'Its secret cannot be read any more: make a new one.';
  return { at: now().toISOString(), event, status: 0, problem, tookMs: 0 };
}
