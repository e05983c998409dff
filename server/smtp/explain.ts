// "What would happen to this mail, and why?": the same checks and the same routing as in a real session,
// without a socket and without a trace: nothing is counted, stored, recorded or sent. `drey explain` and a
// page of the panel ask.
import { isIP } from 'node:net';
import { z } from 'zod';
import { findAccount, readAccount } from '#lib/accounts/account.ts';
import { isTrustedAddress, plainAddress } from '#lib/accounts/network.ts';
import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import type { End, Explanation } from '#lib/explanation.ts';
import { domainOf } from '#lib/queue/enqueue.ts';
import { describeTarget } from '#lib/queue/relay-words.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import type { Delivery } from '#server/delivery/local.ts';
import { findTargets, type Route, readRouteChooser } from '#server/delivery/outbound/route.ts';
import { checks, runChecks } from './checks/index.ts';
import type { Check, Stage } from './checks/stages.ts';
import { addRecipient, beginTransaction, judgeMessage, readMessage } from './dialogue.ts';
import { newMarks, type Step } from './marks.ts';
import { planDelivery } from './message/destination.ts';
import { tellRefusal } from './refusals.ts';
import type { Reply } from './replies.ts';
import { findReverseName } from './reverse-name.ts';
import type { Client } from './session.ts';
import type { Refused } from './verdict.ts';
import { readPath } from './wire/path.ts';

const question = z.object({
  /** Address of the client */
  client: z.string().refine((text) => isIP(text) !== 0, 'Give an IP address.'),
  helo: z.string().max(255).default('explain.invalid'),
  /** Empty for the null sender */
  from: z.string().max(320).default(''),
  to: z.array(z.string().max(320)).min(1, 'Give a recipient.').max(20),
  /** Address of the account that has signed in on the submission port; empty: port 25 */
  user: z.string().max(320).default(''),
  isSecure: z.boolean().default(true),
  /** The message in base64, CRLF or LF lines; empty: a short one is made up */
  message: z.base64('The message is not readable.').max(7_000_000).default(''),
});

/** Runs a mail through every check without a trace. Refusal 'invalid', 'not-found'. */
export async function explainMail(input: unknown): Promise<Explanation> {
  const parsed = question.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal('invalid', issue?.message ?? 'That is no question.', issue?.path.join('.'));
  }
  return new Rehearsal().play(parsed.data);
}

type Asked = z.output<typeof question>;

class Rehearsal {
  private readonly steps: (Step & { recipient?: string })[] = [];
  private readonly ends: End[] = [];
  private isJunk = false;
  private fields: string[] = [];

  async play(asked: Asked): Promise<Explanation> {
    const refusal = await this.walk(asked);
    const steps = this.steps.map((step) => ({ ...step, ...describeCheck(step) }));
    return { steps, refusal, ends: this.ends, isJunk: this.isJunk, fields: this.fields };
  }

  /** Stage by stage; the reply that ends it, or null. */
  private async walk(asked: Asked): Promise<Explanation['refusal']> {
    const settings = await readSettings();
    const client = await makeClient(asked);
    const { marks } = client;
    const refuse = (stage: Stage, refused: Refused) => {
      this.steps.push(...marks.steps);
      return { ...tellRefusal(stage, client, refused), stage };
    };
    const isTrusted = await isTrustedAddress(client.remote);
    const open = { total: 1, ofClient: 1 };
    const atConnect = await runChecks('connect', { client, settings, marks, isTrusted, open });
    if (atConnect) return refuse('connect', atConnect);
    const atHelo = await runChecks('helo', { client, settings, marks, name: asked.helo });
    if (atHelo) return refuse('helo', atHelo);
    const path = readPath('mail from', `MAIL FROM:<${asked.from}>`);
    const begun =
      'code' in path
        ? { reply: path }
        : await beginTransaction(client, path.address, path.parameters, marks);
    if ('reply' in begun) {
      this.steps.push(...marks.steps);
      return { ...begun.reply, stage: 'mail' };
    }
    const { transaction } = begun;
    let last: Reply | null = null;
    let told = 0;
    for (const address of asked.to) {
      const to = readPath('rcpt to', `RCPT TO:<${address}>`);
      const reply =
        'code' in to ? to : await addRecipient(client, transaction, to.address, to.parameters);
      if (reply) this.ends.push({ recipient: address, kind: 'refused', text: lineOf(reply) });
      last = reply ?? last;
      // Those of MAIL come with the first.
      this.steps.push(
        ...transaction.marks.steps
          .slice(told)
          .map((step) => (step.stage === 'rcpt' ? { ...step, recipient: address } : step)),
      );
      told = transaction.marks.steps.length;
    }
    if (transaction.recipients.size === 0 && last) return { ...last, stage: 'rcpt' };
    const before = transaction.marks.steps.length;
    const taken = await readMessage(client, transaction, [messageOf(asked)]);
    const refused = taken.refused ?? (await judgeMessage(client, transaction, taken));
    this.steps.push(...transaction.marks.steps.slice(before));
    if (refused) return { ...tellRefusal('data', client, refused), stage: 'data' };
    this.isJunk = transaction.marks.isJunk;
    this.fields = transaction.marks.fields;
    const planned = await planDelivery(client, transaction);
    if (planned) this.ends.push(...(await listEnds(planned, client.account?.address ?? '')));
    for (const [recipient, { isDiscarded }] of transaction.recipients) {
      if (isDiscarded || !planned)
        this.ends.push({ recipient, kind: 'discarded', text: 'taken and thrown away' });
    }
    return null;
  }
}

async function makeClient(asked: Asked): Promise<Client> {
  const remote = plainAddress(asked.client);
  const isSubmission = asked.user !== '';
  let account: Client['account'] = null;
  if (isSubmission) {
    const found = await findAccount(asked.user);
    if (!found) throw new Refusal('not-found', `There is no user ${asked.user} here.`, 'user');
    account = { id: found.id, address: found.address, epoch: found.epoch };
  }
  const reverseName = findReverseName(remote);
  return {
    listener: isSubmission ? 'submission' : 'smtp',
    isSubmission,
    hostname: await serverHostname(),
    remote,
    helo: asked.helo.toLowerCase(),
    findReverseName: () => reverseName,
    isSecure: asked.isSecure,
    tls: asked.isSecure ? 'TLSv1.3 TLS_AES_256_GCM_SHA384' : null,
    protocol: `ESMTP${asked.isSecure ? 'S' : ''}${isSubmission ? 'A' : ''}`,
    account,
    isLocal: false,
    isRehearsal: true,
    marks: newMarks(),
  };
}

function messageOf({ message, from, to }: Asked): Buffer {
  const text =
    Buffer.from(message, 'base64').toString('latin1') ||
    `From: <${from || 'mailer-daemon@explain.invalid'}>\nTo: <${to[0]}>\nSubject: What would happen?\nDate: ${now().toUTCString()}\nMessage-ID: <explain@explain.invalid>\n\nNothing.\n`;
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
}

function describeCheck({ stage, check: name }: Step) {
  const check = (checks[stage] as readonly Check<Stage>[]).find((each) => each.name === name);
  return { title: check?.title ?? name, settings: check?.settings ?? [] };
}

const lineOf = ({ code, enhanced, text }: Reply) => `${code} ${enhanced} ${text}`;

async function listEnds(planned: Omit<Delivery, 'body'>, user: string): Promise<End[]> {
  const wait = planned.heldFor
    ? 'held in the queue until an administrator releases it, then '
    : planned.releaseAt
      ? `kept until ${planned.releaseAt.toISOString()}, then `
      : '';
  const kind = (usual: End['kind']): End['kind'] =>
    planned.heldFor ? 'held' : planned.releaseAt ? 'later' : usual;
  const folder = planned.isJunk ? 'Junk of ' : 'the mailbox of ';
  // One copy to each mailbox, whatever the number of addresses that lead there.
  const copies = new Map(planned.mailboxes.map((copy) => [copy.accountId, copy]));
  const ends: End[] = [];
  for (const { accountId, address, originalTo } of copies.values()) {
    const owner = (await readAccount(accountId))?.address ?? address;
    const text = `${wait}into ${folder}${owner}`;
    ends.push({ recipient: originalTo ?? address, kind: kind('mailbox'), text });
  }
  const chooseRoute = await readRouteChooser();
  for (const { recipient, alias } of planned.remote) {
    const { sender } = planned;
    const domain = domainOf(recipient);
    const isLetGo = false;
    const route = chooseRoute({ sender, recipient, domain, user, isLetGo, attempts: 0 });
    const forwarded = alias ? `forwarded by ${alias} ` : '';
    const text = `${wait}${forwarded}${await describeRoute(route)}`;
    ends.push({ recipient, kind: kind(kindOf(route)), text });
  }
  return ends;
}

function kindOf({ rule }: Route): End['kind'] {
  if (rule?.target === 'hold') return 'held';
  if (rule?.target === 'discard') return 'discarded';
  if (rule?.target === 'return') return 'refused';
  return rule && rule.target !== 'mx' ? 'relay' : 'mx';
}

async function describeRoute(route: Route): Promise<string> {
  const { rule, domain } = route;
  const way = rule
    ? `by relay rule ${rule.position} ${describeTarget(rule)}`
    : `to the mail servers of ${domain}`;
  if (rule && ['hold', 'discard', 'return'].includes(rule.target)) return way;
  const found = await findTargets(route);
  if ('failure' in found) return `${way}: ${found.failure.text}`;
  const hosts = found.targets
    .slice(0, 3)
    .map(({ host, address }) => (host === address ? host : `${host} ${address}`));
  return `${way} (${hosts.join(', ')})`;
}
