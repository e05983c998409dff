// The rules of an account: listed, kept, put in order. Each change leaves an event, since a rule that forwards mail is what
// somebody leaves behind who was in an account that is not his.
import { tellUserIn } from '../accounts/told-user.ts';
import { now } from '../clock.ts';
import { db, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { requireForwarding } from './forwarding.ts';
import {
  maxBodyConditions,
  maxRules,
  type NewRule,
  type Rule,
  readRule,
  ruleSchema,
} from './rule.ts';

/** All rules in their order; those that do not fit the grammar are left out. */
export async function listRules(accountId: string): Promise<Rule[]> {
  const rows = await db.filterRule.findMany({
    where: { accountId },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
  });
  return rows.flatMap((row) => readRule(row) ?? []);
}

/**
 * Keeps a rule: the one of `id`, or a new one at the end. Refusal 'invalid' with the field, 'not-found', 'limit',
 * 'forbidden' where forwarding is switched off.
 */
export async function saveRule(
  accountId: string,
  input: unknown,
  id: string | null = null,
  by?: string,
): Promise<Rule> {
  const rule = checkRule(input);
  await requireForwarding(
    accountId,
    rule.actions.flatMap((action) => (action.do === 'forward' ? [action.address] : [])),
  );
  const data = {
    name: rule.name,
    match: rule.match,
    conditions: JSON.stringify(rule.conditions),
    actions: JSON.stringify(rule.actions),
    isLast: rule.isLast,
    isDisabled: rule.isDisabled,
  };
  return write(async (tx) => {
    const known = await tx.filterRule.findMany({
      where: { accountId },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    requireFewBodies(
      rule,
      known.filter((row) => row.id !== id).flatMap((row) => readRule(row) ?? []),
    );
    if (id !== null) {
      const { count } = await tx.filterRule.updateMany({ where: { accountId, id }, data });
      if (count === 0) throw new Refusal('not-found', 'There is no such rule.');
    } else if (known.length >= maxRules) {
      throw new Refusal('limit', `At most ${maxRules} rules.`);
    }
    const own = id ?? newId();
    if (id === null) {
      const position = (known.at(-1)?.position ?? 0) + 1;
      await tx.filterRule.create({
        data: { accountId, id: own, position, createdAt: now(), ...data },
      });
    }
    const former = known.find((row) => row.id === id);
    const isForward = forwards(rule) || (former !== undefined && forwards(readRule(former)));
    const change = { name: rule.name, what: describeRule(rule), isForward };
    await recordRule(tx, accountId, change, by);
    return { ...rule, id: own };
  });
}

/** A rule as somebody wrote it. Refusal 'invalid' with the field. */
export function checkRule(input: unknown): NewRule {
  const parsed = ruleSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // Of several shapes that a condition may have, the one that comes nearest says what is wrong.
  const inner = issue?.code === 'invalid_union' ? issue.errors.flat()[0] : undefined;
  const path = [...(issue?.path ?? []), ...(inner?.path ?? [])].join('.');
  throw new Refusal('invalid', (inner ?? issue)?.message ?? 'This is no rule.', path);
}

/** Removes a rule. Refusal 'not-found'. */
export async function removeRule(accountId: string, id: string, by?: string): Promise<void> {
  await write(async (tx) => {
    const row = await requireRule(tx, accountId, id);
    await tx.filterRule.delete({ where: { accountId_id: { accountId, id } } });
    const change = { name: row.name, what: 'removed', isForward: forwards(readRule(row)) };
    await recordRule(tx, accountId, change, by);
  });
}

/** Switches a rule on or off. Refusal 'not-found', 'forbidden' where it forwards and that is switched off. */
export async function switchRule(
  accountId: string,
  id: string,
  isDisabled: boolean,
  by?: string,
): Promise<void> {
  const rule = (await listRules(accountId)).find((each) => each.id === id);
  if (!rule) throw new Refusal('not-found', 'There is no such rule.');
  await saveRule(accountId, { ...rule, isDisabled }, id, by);
}

/** Puts a rule at a position from 1 of those that the grammar knows. Refusal 'not-found'. */
export async function moveRule(
  accountId: string,
  id: string,
  position: number,
  by?: string,
): Promise<void> {
  const ids = (await listRules(accountId)).map((rule) => rule.id);
  const at = ids.indexOf(id);
  if (at === -1) throw new Refusal('not-found', 'There is no such rule.');
  ids.splice(position - 1, 0, ...ids.splice(at, 1));
  await orderRules(accountId, ids, by);
}

/** Puts rules in the order of `ids`; those that are not named come after. `by`: an administrator. */
export async function orderRules(
  accountId: string,
  ids: readonly string[],
  by?: string,
): Promise<void> {
  await write(async (tx) => {
    const rows = await tx.filterRule.findMany({
      where: { accountId },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
      select: { id: true },
    });
    const known = rows.map((row) => row.id);
    const named = [...new Set(ids)].filter((id) => known.includes(id));
    const order = [...named, ...known.filter((id) => !named.includes(id))];
    for (const [index, id] of order.entries()) {
      await tx.filterRule.update({
        where: { accountId_id: { accountId, id } },
        data: { position: index + 1 },
      });
    }
    if (by === undefined) return;
    const account = await tx.account.findUnique({ where: { id: accountId } });
    await recordChangeIn(tx, by, `user ${account?.address}`, 'filters in another order');
  });
}

/** Switches all rules of an account off (for administrators); how many were on. */
export async function switchOffRules(accountId: string, by: string): Promise<number> {
  return write(async (tx) => {
    const { count } = await tx.filterRule.updateMany({
      where: { accountId, isDisabled: false },
      data: { isDisabled: true },
    });
    const account = await tx.account.findUnique({ where: { id: accountId } });
    const text = `${count} rules switched off`;
    if (count > 0) await recordChangeIn(tx, by, `filters of ${account?.address}`, text);
    return count;
  });
}

async function requireRule(tx: Tx, accountId: string, id: string) {
  const row = await tx.filterRule.findUnique({ where: { accountId_id: { accountId, id } } });
  if (!row) throw new Refusal('not-found', 'There is no such rule.');
  return row;
}

function requireFewBodies(rule: NewRule, others: NewRule[]): void {
  const count = [rule, ...others]
    .flatMap(({ conditions }) => conditions)
    .filter(({ field }) => field === 'body').length;
  if (count > maxBodyConditions) {
    throw new Refusal('limit', `At most ${maxBodyConditions} conditions may look into the text.`);
  }
}

const forwards = (rule: NewRule | null) =>
  rule?.actions.some((action) => action.do === 'forward') ?? false;

/** `by`: an administrator, of whom the user hears where mail is forwarded to; left out: the user. */
async function recordRule(
  tx: Tx,
  accountId: string,
  { name, what, isForward }: { name: string; what: string; isForward: boolean },
  by?: string,
): Promise<void> {
  const account = await tx.account.findUnique({ where: { id: accountId } });
  const owner = account?.address ?? '';
  if (by === undefined) return recordChangeIn(tx, owner, `filter “${name}”`, what);
  await recordChangeIn(tx, by, `user ${owner}`, `filter “${name}”: ${what}`);
  if (!isForward) return;
  await tellUserIn(tx, { id: accountId, address: owner }, by, 'admin-forwarding', what);
}

/** What it does, for the trail: addresses that mail goes to, never what is looked for. */
function describeRule({ actions, isDisabled }: NewRule): string {
  const done = actions.map((action) => {
    if (action.do === 'forward')
      return `forward to ${action.address}${action.isKept ? '' : ' only'}`;
    return 'folder' in action ? `${action.do} to ${action.folder}` : action.do;
  });
  return `${isDisabled ? 'off: ' : ''}${done.join(', ')}`;
}
