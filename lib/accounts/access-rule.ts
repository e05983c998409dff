// Access rules: what an administrator decides about single clients, names, addresses and contents (Postfix:
// access(5), header_checks(5), body_checks(5)). Within a scope the first rule that fits decides.
import { now } from '../clock.ts';
import { db, readOnceACommit, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type AccessScope, canonicalPattern } from './access-pattern.ts';
import { requireAddress } from './address.ts';
import { requireReachable } from './reachable.ts';
import { recordedAccessRule } from './recorded.ts';

export type { AccessScope } from './access-pattern.ts';

/** In the order of a session. */
export const accessScopes = [
  'client',
  'helo',
  'sender',
  'recipient',
  'header',
  'body',
  'attachment',
] as const satisfies AccessScope[];

export const accessActions = [
  'accept',
  'reject',
  'defer',
  'junk',
  'hold',
  'discard',
  'redirect',
  'bcc',
] as const;
export type AccessAction = (typeof accessActions)[number];

export type AccessRule = {
  id: string;
  /** 1 and up within its scope */
  position: number;
  scope: AccessScope;
  pattern: string;
  action: AccessAction;
  /** reject, defer: public words, or empty; redirect, bcc: an address; else empty */
  argument: string;
  comment: string;
  isDisabled: boolean;
  createdAt: Date;
};

export type AccessRuleInput = {
  scope: AccessScope;
  pattern: string;
  action: AccessAction;
  argument?: string;
  comment?: string;
  isDisabled?: boolean;
};

/** Every rule is held against every message of its scope. */
const maxRules = 5000;
const maxTextLength = 200;

type Row = Awaited<ReturnType<typeof db.accessRule.findMany>>[number];

const inOrder = [{ position: 'asc' as const }, { id: 'asc' as const }];

const noRules = new Map<AccessScope, AccessRule[]>();

const readEnabled = readOnceACommit(async () => {
  // Read after every commit, and most servers have none: past Prisma's client.
  const [any] = await db.$queryRaw<{ id: string }[]>`SELECT "id" FROM "AccessRule" LIMIT 1`;
  if (!any) return noRules;
  const rows = await db.accessRule.findMany({ where: { isDisabled: false }, orderBy: inOrder });
  return Map.groupBy(rows.map(toRule), ({ scope }) => scope);
});

const none: AccessRule[] = [];

/** The enabled rules of a scope in order. Callers must not change them. */
export async function readAccessRules(scope: AccessScope): Promise<AccessRule[]> {
  return (await readEnabled()).get(scope) ?? none;
}

/** Every rule, disabled ones too, of one scope or of all in the order of a session. */
export async function listAccessRules(scope?: AccessScope): Promise<AccessRule[]> {
  const rows = await db.accessRule.findMany({ where: { scope }, orderBy: inOrder });
  const byScope = Map.groupBy(rows.map(toRule), (rule) => rule.scope);
  return accessScopes.flatMap((each) => byScope.get(each) ?? []);
}

/** Adds a rule at the end of its scope. Refusal 'invalid' with the field, 'exists', 'limit'. */
export async function addAccessRule(input: AccessRuleInput, by: string): Promise<AccessRule> {
  const fields = checkInput(input);
  await requireTarget(fields);
  const id = newId();
  return revise(by, recordedAccessRule, id, (tx) => insertRule(tx, id, fields, by));
}

async function insertRule(tx: Tx, id: string, fields: Fields, by: string): Promise<AccessRule> {
  await refuseDuplicate(tx, fields, null);
  if ((await tx.accessRule.count()) >= maxRules) {
    throw new Refusal('limit', `There may be at most ${maxRules} access rules.`, 'pattern');
  }
  const { scope } = fields;
  const last = await tx.accessRule.aggregate({ where: { scope }, _max: { position: true } });
  const position = (last._max.position ?? 0) + 1;
  const data = { id, position, ...fields, createdAt: now() };
  const row = await tx.accessRule.create({ data });
  await recordChange(tx, by, 'added', row);
  return toRule(row);
}

export type AccessRuleChange = Partial<Omit<AccessRuleInput, 'scope'>>;

/** Changes the fields given; a rule keeps its scope. Refusal 'invalid' with the field, 'exists', 'not-found'. */
export async function updateAccessRule(
  id: string,
  change: AccessRuleChange,
  by: string,
): Promise<AccessRule> {
  const defined = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  );
  const complete = (old: AccessRule) => checkInput({ ...old, ...defined, scope: old.scope });
  await requireTarget(complete(toRule(await readRow(db, id))));
  return revise(by, recordedAccessRule, id, async (tx) => {
    const fields = complete(toRule(await readRow(tx, id)));
    await refuseDuplicate(tx, fields, id);
    const row = await tx.accessRule.update({ where: { id }, data: fields });
    await recordChange(tx, by, 'changed', row);
    return toRule(row);
  });
}

/** Puts a rule at `position` (1 = first) of its scope. Refusal 'not-found', 'invalid'. */
export async function moveAccessRule(id: string, position: number, by: string): Promise<void> {
  if (!Number.isInteger(position) || position < 1) {
    throw new Refusal('invalid', 'The position is a whole number from 1.', 'position');
  }
  await revise(by, recordedAccessRule, id, async (tx) => {
    const row = await readRow(tx, id);
    const peers = await tx.accessRule.findMany({
      where: { scope: row.scope, id: { not: id } },
      orderBy: inOrder,
    });
    peers.splice(Math.min(position - 1, peers.length), 0, row);
    for (const [index, peer] of peers.entries()) {
      if (peer.position === index + 1) continue;
      await tx.accessRule.update({ where: { id: peer.id }, data: { position: index + 1 } });
    }
    await recordChange(tx, by, 'moved', { ...row, position });
  });
}

/** Refusal 'not-found'. */
export async function removeAccessRule(id: string, by: string): Promise<void> {
  await revise(by, recordedAccessRule, id, async (tx) => {
    const row = await readRow(tx, id);
    await tx.accessRule.delete({ where: { id } });
    await recordChange(tx, by, 'removed', row);
  });
}

async function readRow(tx: Tx, id: string): Promise<Row> {
  const row = await tx.accessRule.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such access rule.');
  return row;
}

function toRule(row: Row): AccessRule {
  return { ...row, scope: row.scope as AccessScope, action: row.action as AccessAction };
}

type Fields = Required<AccessRuleInput>;

/** Refusal 'invalid' where a redirect or copy would have nowhere to go. */
async function requireTarget({
  action,
  argument,
}: Pick<Fields, 'action' | 'argument'>): Promise<void> {
  if (action === 'redirect' || action === 'bcc') await requireReachable(argument, 'argument');
}

async function refuseDuplicate(tx: Tx, fields: Fields, id: string | null): Promise<void> {
  const { scope, pattern, action } = fields;
  const twin = await tx.accessRule.findFirst({ where: { scope, pattern, action } });
  if (!twin || twin.id === id) return;
  throw new Refusal('exists', `There is such a rule for ${pattern} already.`, 'pattern');
}

/** The canonical fields of a rule. Refusal 'invalid' with the field. */
export function checkInput(input: AccessRuleInput): Fields {
  if (!accessScopes.includes(input.scope)) {
    throw new Refusal('invalid', `A rule looks at one of ${accessScopes.join(', ')}.`, 'scope');
  }
  if (!accessActions.includes(input.action)) {
    throw new Refusal('invalid', `The action is one of ${accessActions.join(', ')}.`, 'action');
  }
  const comment = (input.comment ?? '').trim();
  if (comment.length > 500) {
    throw new Refusal('invalid', 'A comment has at most 500 characters.', 'comment');
  }
  return {
    scope: input.scope,
    pattern: canonicalPattern(input.scope, input.pattern),
    action: input.action,
    argument: checkArgument(input.action, (input.argument ?? '').trim()),
    comment,
    isDisabled: input.isDisabled ?? false,
  };
}

function checkArgument(action: AccessAction, text: string): string {
  if (action === 'redirect' || action === 'bcc') {
    if (text !== '') return requireAddress(text, 'argument');
    const what = action === 'redirect' ? 'the mail goes to' : 'the copy goes to';
    throw new Refusal('invalid', `Give the address that ${what}.`, 'argument');
  }
  if (action === 'reject' || action === 'defer') return checkText(text);
  if (text === '') return '';
  throw new Refusal('invalid', `"${action}" takes no text and no address.`, 'argument');
}

/** RFC 5321 §4.2: a reply line is printable ASCII, and its codes are ours. */
function checkText(text: string): string {
  if (text.length > maxTextLength || !/^[ -~]*$/.test(text)) {
    const limits = `at most ${maxTextLength} letters, digits and signs of ASCII`;
    throw new Refusal('invalid', `The text is one line of ${limits}.`, 'argument');
  }
  if (/^[2-5]\d\d\b|^[245]\.\d{1,3}\.\d{1,3}\b/.test(text)) {
    throw new Refusal('invalid', 'Give the words alone: the reply code is added.', 'argument');
  }
  return text;
}

async function recordChange(tx: Tx, by: string, action: string, row: Row): Promise<void> {
  const state = row.isDisabled ? ', disabled' : '';
  const argument = row.argument ? ` ${row.argument}` : '';
  const text = `${action}: position ${row.position}, ${row.action}${argument}${state}`;
  await recordChangeIn(tx, by, `access rule ${row.scope} ${row.pattern}`, text);
}
