// "Where would mail from a to b go?": the rule that takes it and why the others do not, then the hosts, the TLS and the
// times, found by the functions that an attempt uses. Asks the DNS and perhaps a policy host; connects to no mail
// server, counts and stores nothing.
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import { canonicalAddress, splitAddress } from '#lib/mail/address.ts';
import type { AnsweredHost, RelayAnswer } from '#lib/queue/relay-answer.ts';
import { type PassedRule, readRelayChooser } from '#lib/queue/relay-choice.ts';
import { describeConditions, describeTarget } from '#lib/queue/relay-words.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import {
  findTargets,
  isNamed,
  type Route,
  type RoutedMail,
  readRouteChooser,
} from '#server/delivery/outbound/route.ts';
import { findRoutePolicy } from '#server/delivery/tls/tls-policy-rule.ts';
import { limitsOf } from './concurrency.ts';
import { limitsUnder } from './rule-limits.ts';
import { scheduleOf } from './schedule.ts';

const question = z.object({
  sender: z.string().trim().max(320).default(''),
  recipient: z.string().trim().max(320),
  user: z.string().trim().max(320).default(''),
  attempts: z.int().min(0).max(1000).default(0),
});

/** `input` is a RelayQuestion. Refusal 'invalid' with the field. */
export async function explainRoute(input: unknown): Promise<RelayAnswer> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Give a recipient.', 'recipient');
  const { attempts } = asked.data;
  const sender = asked.data.sender === '<>' ? '' : readAddress(asked.data.sender, 'sender');
  const recipient = readAddress(asked.data.recipient, 'recipient');
  if (recipient === '') throw new Refusal('invalid', 'Give a recipient.', 'recipient');
  const user = readAddress(asked.data.user, 'user');
  const { domain } = splitAddress(recipient);
  const mail = { sender, recipient, user, domain, attempts, isLetGo: false };
  return answer(mail, (await readRouteChooser())(mail));
}

function readAddress(text: string, field: string): string {
  if (text === '') return '';
  const address = canonicalAddress(text);
  if (!address) throw new Refusal('invalid', `${text.slice(0, 100)} is no address.`, field);
  return address;
}

async function answer(mail: RoutedMail, route: Route): Promise<RelayAnswer> {
  const { rule, isLocal, isFallback } = route;
  const settings = await readSettings();
  const target = rule?.target ?? 'mx';
  const kinds = { hold: 'held', discard: 'discarded', return: 'returned' } as const;
  const kind = isLocal
    ? 'here'
    : target === 'hold' || target === 'discard' || target === 'return'
      ? kinds[target]
      : 'sent';
  const found = kind === 'sent' ? await listHosts(route) : { hosts: [], failure: '' };
  const passed = isLocal ? [] : (await readRelayChooser()).listPassed(mail);
  return {
    kind,
    text: describe(route),
    rule: rule && { id: rule.id, position: rule.position, conditions: describeConditions(rule) },
    passed: passed.map((one) => explainPassed(one, mail)),
    ...found,
    protocol: target === 'lmtp' ? 'LMTP' : 'SMTP',
    login: rule && isNamed(route) ? rule.username : '',
    helo: rule?.helo || (await serverHostname()),
    isFallback,
    schedule: scheduleOf(settings, rule),
    limits: limitsUnder(limitsOf(settings), rule, isNamed(route)),
  };
}

function describe({ rule, domain, isLocal, isFallback }: Route): string {
  if (isLocal) return `${domain} is received here: into mailboxes, and where aliases lead.`;
  if (!rule) return `No relay rule takes it: it goes to the mail servers of ${domain} (MX).`;
  const hosts = isFallback ? rule.fallbackHosts : rule.hosts;
  const way = describeTarget(
    isFallback ? { ...rule, target: rule.target === 'lmtp' ? 'lmtp' : 'hosts', hosts } : rule,
  );
  const late = isFallback ? ` after ${rule.fallbackAfter} failed attempts` : '';
  return `Relay rule ${rule.position} takes it${late}: ${way}.`;
}

function explainPassed({ rule, why }: PassedRule, mail: RoutedMail) {
  const { position } = rule;
  const values = {
    recipient: `the recipient is not ${rule.recipient}`,
    sender: `the sender is not ${rule.sender}`,
    user: mail.user ? `the user is not ${rule.user}` : 'no user has handed it in',
    released: 'it was released, and the rule holds mail',
  };
  return { position, conditions: describeConditions(rule), why: values[why] };
}

async function listHosts(route: Route): Promise<{ hosts: AnsweredHost[]; failure: string }> {
  const way = await findTargets(route);
  if ('failure' in way) return { hosts: [], failure: way.failure.text };
  const { policy, findPolicy } = await findRoutePolicy(
    { route, isTlsForced: false, isWaived: false },
    true,
  );
  const hosts = await Promise.all(
    way.targets.map(async (target): Promise<AnsweredHost> => {
      const { host, address, port, source = '' } = target;
      const own = await findPolicy?.(target);
      if (!own) return { host, address, port, source, tls: tlsTexts[policy.mode], why: '' };
      const usual = own.source === 'none' ? tlsTexts.opportunistic : own.source;
      const tls = own.refusal ? `${own.source}: waits` : usual;
      return { host, address, port, source, tls, why: own.refusal?.text ?? own.why };
    }),
  );
  return { hosts, failure: '' };
}

const tlsTexts = {
  none: 'no TLS',
  opportunistic: 'TLS where it is offered, not checked',
  required: 'TLS required, any certificate',
  verified: 'TLS required, the certificate is checked',
  dane: 'DANE required',
  implicit: 'TLS from the first byte, the certificate is checked',
};
