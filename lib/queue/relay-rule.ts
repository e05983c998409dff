// Relay rules: which way mail leaves that is not for mailboxes here. One ordered list of rows, read at each attempt, so a
// change applies to the next one; the first rule that fits takes the mail (relay-choice.ts), and without any it goes
// to the mail servers of its recipient's domain. Answers to Postfix's transport_maps, sender_dependent_relayhost_maps,
// relayhost, smtp_sasl_password_maps and smtp_tls_policy_maps.
import { encryptSecret } from '#lib/accounts/secret.ts';
import { now } from '#lib/clock.ts';
import { db, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { revise } from '#lib/history/revise.ts';
import { newId } from '#lib/id.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import {
  type AddressFamily,
  checkRelayInput,
  type RelayNumber,
  type RelayTarget,
  type RelayTlsMode,
} from './relay-check.ts';
import { type RelayCondition, relayConditions } from './relay-pattern.ts';
import { recordedRelayRule } from './relay-record.ts';
import { describeConditions, describeTarget } from './relay-words.ts';

export type { AddressFamily, RelayTarget, RelayTlsMode } from './relay-check.ts';

/** Patterns with blanks between (relay-pattern.ts); empty = whatever it is. */
type Conditions = Record<RelayCondition, string>;
/** Null = as the setting. */
type Numbers = Record<RelayNumber, number | null>;

export type RelayRule = Conditions &
  Numbers & {
    id: string;
    /** 1 and up. */
    position: number;
    target: RelayTarget;
    /** With blanks between, in the order they are tried (relay-host.ts). */
    hosts: string;
    /** Instead of the hosts from the attempt after so many that failed. */
    fallbackHosts: string;
    fallbackAfter: number;
    tlsMode: RelayTlsMode;
    /** At the hosts that the rule names, never at those of an MX record. */
    username: string;
    hasPassword: boolean;
    /** Address of this machine that connections begin at; empty = as the system chooses. */
    sourceIpv4: string;
    sourceIpv6: string;
    /** Name in EHLO; empty = the server's. */
    helo: string;
    /** Empty = as the setting. */
    family: AddressFamily | '';
    /** Of mail that the rule returns. */
    text: string;
    comment: string;
  };

export type RelayRuleInput = Partial<Omit<RelayRule, 'id' | 'position' | 'hasPassword'>> & {
  /** On update: undefined keeps it, an empty text removes it. */
  password?: string;
};

type Row = Awaited<ReturnType<typeof db.relayRule.findMany>>[number];

const inOrder = { orderBy: [{ position: 'asc' as const }, { id: 'asc' as const }] };

/** All rules in the order they are tried. */
export async function listRelayRules(): Promise<RelayRule[]> {
  return numberRows(await db.relayRule.findMany(inOrder)).map(toRule);
}

/** With their places in the list: what a restore has brought may have gaps between. */
export function numberRows(rows: Row[]): Row[] {
  return rows.map((row, index) => ({ ...row, position: index + 1 }));
}

/** Whether a rule takes whatever comes to it. */
export function hasNoConditions(rule: Conditions): boolean {
  return relayConditions.every((condition) => rule[condition] === '');
}

/**
 * Adds a rule at `position` (1 = first); without, at the end, but before a rule for all mail. Refusal 'invalid' with the
 * field, 'exists'.
 */
export async function addRelayRule(
  input: RelayRuleInput,
  by: string,
  position?: number,
): Promise<RelayRule> {
  if (position !== undefined) requirePosition(position);
  const fields = checkRelayInput(input);
  const secret = input.password ? encryptSecret(input.password) : '';
  const id = newId();
  return revise(by, recordedRelayRule, id, async (tx) => {
    const others = await tx.relayRule.findMany(inOrder);
    refuseDouble(others, fields);
    const last = others.at(-1);
    const isBeforeLast = last && hasNoConditions(last) && !hasNoConditions(fields);
    const place = position ?? others.length + (isBeforeLast ? 0 : 1);
    const data = { id, position: place, ...fields, secret, createdAt: now() };
    const row = await tx.relayRule.create({ data });
    return finish(tx, by, 'added', row, others, place);
  });
}

/** Changes the fields given. Refusal 'invalid' with the field, 'exists', 'not-found'. */
export async function updateRelayRule(
  id: string,
  change: RelayRuleInput,
  by: string,
): Promise<RelayRule> {
  return revise(by, recordedRelayRule, id, async (tx) => {
    const old = await readRow(tx, id);
    const defined = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    );
    const keepsSecret = change.password === undefined;
    const fields = checkRelayInput({
      ...toRule(old),
      ...defined,
      // A kept password counts as one for the rule "a password needs a login name".
      password: keepsSecret && change.username !== '' && old.secret ? 'kept' : change.password,
    });
    refuseDouble(await tx.relayRule.findMany({ where: { id: { not: id } } }), fields);
    const kept = fields.username ? old.secret : '';
    const secret = keepsSecret ? kept : change.password ? encryptSecret(change.password) : '';
    const row = await tx.relayRule.update({ where: { id }, data: { ...fields, secret } });
    await recordChange(tx, by, 'changed', row);
    return toRule(row);
  });
}

/** Refusal 'not-found'. */
export async function removeRelayRule(id: string, by: string): Promise<void> {
  await revise(by, recordedRelayRule, id, async (tx) => {
    const row = await readRow(tx, id);
    await tx.relayRule.delete({ where: { id } });
    await number(tx, await tx.relayRule.findMany(inOrder));
    await recordChange(tx, by, 'removed', row);
  });
}

/** Puts a rule at `position` (1 = first). Refusal 'not-found', 'invalid'. */
export async function moveRelayRule(id: string, position: number, by: string): Promise<void> {
  requirePosition(position);
  await revise(by, recordedRelayRule, id, async (tx) => {
    const row = await readRow(tx, id);
    const others = await tx.relayRule.findMany({ where: { id: { not: id } }, ...inOrder });
    await finish(tx, by, 'moved', row, others, position);
  });
}

/** Puts the row among the others and tells the trail. */
async function finish(
  tx: Tx,
  by: string,
  action: string,
  row: Row,
  others: Row[],
  position: number,
): Promise<RelayRule> {
  const place = Math.min(position, others.length + 1);
  await number(tx, others.toSpliced(place - 1, 0, row));
  await recordChange(tx, by, action, { ...row, position: place });
  return toRule({ ...row, position: place });
}

async function number(tx: Tx, rows: Row[]): Promise<void> {
  for (const [index, { id, position }] of rows.entries()) {
    if (position === index + 1) continue;
    await tx.relayRule.update({ where: { id }, data: { position: index + 1 } });
  }
}

async function readRow(tx: Tx, id: string): Promise<Row> {
  const row = await tx.relayRule.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such relay rule.');
  return row;
}

/** A row without its password. */
export function toRule({ secret, createdAt: _hidden, ...row }: Row): RelayRule {
  return {
    ...row,
    target: row.target as RelayTarget,
    tlsMode: row.tlsMode as RelayTlsMode,
    family: row.family as AddressFamily | '',
    hasPassword: secret !== '',
  };
}

function requirePosition(position: number): void {
  if (Number.isInteger(position) && position >= 1) return;
  throw new Refusal('invalid', 'The position is a whole number from 1.', 'position');
}

/** Of two rules for the same mail the second takes nothing, but for what the first holds and somebody releases. */
function refuseDouble(others: Row[], rule: Pick<Row, RelayCondition | 'target'>): void {
  const isSame = (row: Row) => relayConditions.every((name) => row[name] === rule[name]);
  if (!others.some((row) => isSame(row) && (row.target === 'hold') === (rule.target === 'hold')))
    return;
  const field = relayConditions.find((name) => rule[name] !== '') ?? 'recipient';
  const text = `There is a rule for ${describeConditions(rule)} already; change that one.`;
  throw new Refusal('exists', text, field);
}

async function recordChange(tx: Tx, by: string, action: string, row: Row): Promise<void> {
  const rule = toRule(row);
  const subject = `relay rule ${describeConditions(rule)}`;
  const login = rule.username ? `, login ${rule.username}` : '';
  const way = `${describeTarget(rule)}, TLS ${rule.tlsMode}${login}`;
  await recordChangeIn(tx, by, subject, `${action}: position ${rule.position}, ${way}`);
}
