// Webhooks: addresses of programs elsewhere that are told of events of the trail. Rows, as administrators make them; what waits
// for each stands in the outbox (lib/trail/outbox.ts), how it is sent in send.ts.
import { randomBytes } from 'node:crypto';
import { findDomain } from '../accounts/domain.ts';
import { decryptSecret, encryptSecret } from '../accounts/secret.ts';
import { now } from '../clock.ts';
import { db } from '../db.ts';
import { Refusal } from '../errors.ts';
import { maskSecret, type Recorded, revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { readSetting } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type HookEvent, hookEventNames } from '../trail/outbox.ts';

/** What a call of the address has brought. */
export type HookAnswer = {
  /** ISO */
  at: string;
  /** Of the events it carried */
  event: string;
  /** 0: there was no answer */
  status: number;
  /** Why it counts as failed, or empty */
  problem: string;
  tookMs: number;
};

export type Webhook = {
  id: string;
  name: string;
  url: string;
  events: HookEvent[];
  /** Names; empty = of all domains, and of the server */
  domains: string[];
  isDisabled: boolean;
  /** Attempts of the event that is first, all in vain */
  failures: number;
  failingSince: Date | null;
  nextAt: Date | null;
  /** The last ones, newest first */
  answers: HookAnswer[];
  createdAt: Date;
};

export type NewWebhook = {
  name: string;
  url: string;
  events: readonly string[];
  domains?: readonly string[];
};
export type WebhookChange = Partial<NewWebhook> & { isDisabled?: boolean };

type Row = NonNullable<Awaited<ReturnType<typeof db.webhook.findUnique>>>;

const maxHooks = 50;
const maxDomains = 1000;
export const keptAnswers = 10;

/** Key: its id. Not how its calls went. */
export const recordedWebhook: Recorded = {
  kind: 'webhook',
  read: async (tx, id) => {
    const row = await tx.webhook.findUnique({ where: { id } });
    if (!row) return null;
    const { name, url, events, domains, isDisabled } = toWebhook(row);
    return { name, url, events, domains, isDisabled, secret: maskSecret(row.secret) };
  },
  describe: (_id, { name }) => `webhook ${name}`,
  hidden: { url: { show: shortenAddress, seal: encryptSecret, open: decryptSecret } },
};

/** An address as it may be told: a key may stand in its path or its query. */
export function shortenAddress(text: string): string {
  const url = URL.parse(text);
  if (!url) return '…';
  return url.pathname === '/' && !url.search && !url.hash ? `${url.origin}/` : `${url.origin}/…`;
}

export function toWebhook({ secret: _secret, ...row }: Row): Webhook {
  return {
    ...row,
    events: row.events.split(' ') as HookEvent[],
    domains: row.domains === '' ? [] : row.domains.split(' '),
    answers: JSON.parse(row.answers) as HookAnswer[],
  };
}

/** Every webhook, by name. */
export async function listWebhooks(): Promise<Webhook[]> {
  const rows = await db.webhook.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] });
  return rows.map(toWebhook);
}

/** Refusal 'not-found'. */
export async function readWebhook(id: string): Promise<Webhook> {
  return toWebhook(await requireRow(db, id));
}

/** How many events wait, by the hook's id. */
export async function countWaiting(): Promise<Map<string, number>> {
  const groups = await db.webhookEvent.groupBy({ by: ['hookId'], _count: { _all: true } });
  return new Map(groups.map(({ hookId, _count }) => [hookId, _count._all]));
}

/** The key that signs: "whsec_" and base64, as the Standard Webhooks convention writes it. */
export function makeHookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The secret of a hook, or null where it was sealed with another key. */
export async function readHookSecret(id: string): Promise<string | null> {
  return decryptSecret((await requireRow(db, id)).secret);
}

/** Adds a webhook; `secret` is told this once. Refusal 'invalid' with the field, 'not-found' (domain), 'limit'. */
export async function addWebhook(
  input: NewWebhook,
  by: string,
): Promise<{ webhook: Webhook; secret: string }> {
  const fields = {
    name: readName(input.name),
    url: await readUrl(input.url),
    events: readEvents(input.events),
    domains: await readDomains(input.domains ?? []),
  };
  const secret = makeHookSecret();
  const id = newId();
  const row = await revise(by, recordedWebhook, id, async (tx) => {
    if ((await tx.webhook.count()) >= maxHooks) {
      throw new Refusal('limit', `There may be at most ${maxHooks} webhooks.`);
    }
    const data = { id, ...fields, secret: encryptSecret(secret), createdAt: now() };
    await recordChangeIn(
      tx,
      by,
      `webhook ${fields.name}`,
      `added: ${fields.events} to ${hostOf(fields.url)}`,
    );
    return tx.webhook.create({ data });
  });
  return { webhook: toWebhook(row), secret };
}

/**
 * Changes the fields given. One that is enabled again begins anew; what waited for a disabled one is gone. Refusal
 * 'invalid' with the field, 'not-found'.
 */
export async function updateWebhook(
  id: string,
  change: WebhookChange,
  by: string,
): Promise<Webhook> {
  const { isDisabled } = change;
  const fields = {
    name: change.name === undefined ? undefined : readName(change.name),
    url: change.url === undefined ? undefined : await readUrl(change.url),
    events: change.events && readEvents(change.events),
    domains: change.domains && (await readDomains(change.domains)),
  };
  const row = await revise(by, recordedWebhook, id, async (tx) => {
    const before = await requireRow(tx, id);
    if (isDisabled) await tx.webhookEvent.deleteMany({ where: { hookId: id } });
    const fresh = { failures: 0, failingSince: null, nextAt: null };
    const isFresh = isDisabled !== undefined || fields.url !== undefined;
    const what = isDisabled === undefined ? 'changed' : isDisabled ? 'disabled' : 'enabled';
    await recordChangeIn(tx, by, `webhook ${before.name}`, what);
    const data = { ...fields, isDisabled, ...(isFresh ? fresh : {}) };
    return tx.webhook.update({ where: { id }, data });
  });
  return toWebhook(row);
}

/** Gives it another secret, which is told this once; the old one signs no more. Refusal 'not-found'. */
export async function renewHookSecret(id: string, by: string): Promise<string> {
  const secret = makeHookSecret();
  await revise(by, recordedWebhook, id, async (tx) => {
    const { name } = await requireRow(tx, id);
    await tx.webhook.update({ where: { id }, data: { secret: encryptSecret(secret) } });
    await recordChangeIn(tx, by, `webhook ${name}`, 'new secret');
  });
  return secret;
}

/** Removes it with what waits for it. Refusal 'not-found'. */
export async function removeWebhook(id: string, by: string): Promise<void> {
  await revise(by, recordedWebhook, id, async (tx) => {
    const { name } = await requireRow(tx, id);
    await tx.webhook.delete({ where: { id } });
    await tx.webhookEvent.deleteMany({ where: { hookId: id } });
    await recordChangeIn(tx, by, `webhook ${name}`, 'removed');
  });
}

/** The answers with one more. */
export function addAnswer(known: HookAnswer[], answer: HookAnswer): string {
  return JSON.stringify([answer, ...known].slice(0, keptAnswers));
}

async function requireRow(source: Pick<typeof db, 'webhook'>, id: string): Promise<Row> {
  const row = await source.webhook.findUnique({ where: { id } });
  if (row) return row;
  throw new Refusal('not-found', 'There is no such webhook.');
}

function readName(text: string): string {
  const name = text.trim().slice(0, 80);
  if (name !== '') return name;
  throw new Refusal('invalid', 'Give it a name, such as “Billing”.', 'name');
}

const hostOf = (url: string) => URL.parse(url)?.host ?? '';

async function readUrl(text: string): Promise<string> {
  const url = URL.parse(text.trim());
  const mayBePlain = await readSetting('security.webhooksInside');
  const isWeb = url?.protocol === 'https:' || (mayBePlain && url?.protocol === 'http:');
  if (!url || !isWeb || text.length > 2000) {
    throw new Refusal('invalid', 'Give an address that begins with https://.', 'url');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Refusal('invalid', 'No name and password in the address.', 'url');
  }
  return url.href;
}

function readEvents(names: readonly string[]): string {
  const chosen = hookEventNames.filter((name) => names.includes(name));
  if (chosen.length > 0 && new Set(names).size === chosen.length) return chosen.join(' ');
  throw new Refusal('invalid', `Choose some of ${hookEventNames.join(', ')}.`, 'events');
}

async function readDomains(names: readonly string[]): Promise<string> {
  if (names.length > maxDomains) throw new Refusal('invalid', 'Too many domains.', 'domains');
  const found = await Promise.all(names.map((name) => findDomain(name.trim())));
  return found
    .map((domain, index) => {
      if (domain) return domain.name;
      throw new Refusal('not-found', `There is no domain ${names[index]} here.`, 'domains');
    })
    .join(' ');
}
