// Rewriting of addresses (Postfix: canonical(5), sender_canonical_maps, recipient_canonical_maps). A whole
// address comes before one without its detail, that before its domain; what was rewritten is not looked at again.
import { now } from '../clock.ts';
import { db, readOnceACommit, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise, reviseIn } from '../history/revise.ts';
import { newId } from '../id.ts';
import { canonicalAddress, splitAddress, stripDetail, toAsciiDomain } from '../mail/address.ts';
import { recordChangeIn } from '../trail/change.ts';
import { recordedRewrite } from './recorded.ts';

export const rewriteScopes = ['sender', 'recipient'] as const;
export type RewriteScope = (typeof rewriteScopes)[number];

export type Rewrite = {
  id: string;
  scope: RewriteScope;
  /** Address, or "@domain" */
  pattern: string;
  /** Address, or "@domain", which keeps the local part */
  replacement: string;
  comment: string;
  createdAt: Date;
};

export type RewriteInput = {
  scope: RewriteScope;
  pattern: string;
  replacement: string;
  comment?: string;
};

const maxRewrites = 20_000;

type Row = Awaited<ReturnType<typeof db.rewrite.findMany>>[number];

const inOrder = [{ scope: 'desc' as const }, { position: 'asc' as const }, { id: 'asc' as const }];

/** Every rewriting, those of senders first. */
export async function listRewrites(): Promise<Rewrite[]> {
  return (await db.rewrite.findMany({ orderBy: inOrder })).map(toRewrite);
}

/** Gives the new spelling of an address, or null where it stays as it is. */
export type Rewriter = (address: string) => string | null;

const readMaps = readOnceACommit(async () => {
  const rows = await db.$queryRaw<Pick<Row, 'scope' | 'pattern' | 'replacement'>[]>`
    SELECT "scope", "pattern", "replacement" FROM "Rewrite"`;
  return new Map(
    rewriteScopes.map((scope) => [
      scope,
      new Map(
        rows.filter((row) => row.scope === scope).map((row) => [row.pattern, row.replacement]),
      ),
    ]),
  );
});

/** The rewriting of one scope as it is now; null where there is none. */
export async function readRewriter(
  scope: RewriteScope,
  delimiter: string,
): Promise<Rewriter | null> {
  const map = (await readMaps()).get(scope);
  if (!map || map.size === 0) return null;
  return (address) => rewrite(map, address, delimiter);
}

function rewrite(map: Map<string, string>, address: string, delimiter: string): string | null {
  const canonical = canonicalAddress(address);
  if (!canonical) return null;
  const { local, domain } = splitAddress(canonical);
  const whole = map.get(canonical);
  if (whole) return differs(whole, canonical);
  const { base, detail } = stripDetail(local, delimiter);
  const plain = base === local ? undefined : map.get(`${base}@${domain}`);
  if (plain) {
    const to = splitAddress(plain);
    // The detail goes along, with the delimiter it came with.
    return canonicalAddress(`${to.local}${local[base.length]}${detail}@${to.domain}`);
  }
  const target = map.get(`@${domain}`);
  if (!target) return null;
  return differs(target.startsWith('@') ? `${local}${target}` : target, canonical);
}

function differs(target: string, canonical: string): string | null {
  const to = canonicalAddress(target);
  return to === canonical ? null : to;
}

/** Adds a rewriting. Refusal 'invalid' with the field, 'exists', 'limit'. */
export async function addRewrite(input: RewriteInput, by: string): Promise<Rewrite> {
  return write((tx) => addRewriteIn(tx, input, by));
}

/** The same in a transaction of the caller. */
export function addRewriteIn(tx: Tx, input: RewriteInput, by: string): Promise<Rewrite> {
  const id = newId();
  return reviseIn(tx, by, recordedRewrite, id, () => insertRewrite(tx, id, input, by));
}

async function insertRewrite(
  tx: Tx,
  id: string,
  input: RewriteInput,
  by: string,
): Promise<Rewrite> {
  const fields = checkRewrite(input);
  await refuseDuplicate(tx, fields, null);
  const count = await tx.rewrite.count();
  if (count >= maxRewrites) {
    throw new Refusal('limit', `There may be at most ${maxRewrites} rewritings.`, 'pattern');
  }
  const data = { id, position: count + 1, ...fields, createdAt: now() };
  const row = await tx.rewrite.create({ data });
  await recordChange(tx, by, 'added', row);
  return toRewrite(row);
}

/** Changes the fields given. Refusal 'invalid' with the field, 'exists', 'not-found'. */
export async function updateRewrite(
  id: string,
  change: Partial<RewriteInput>,
  by: string,
): Promise<Rewrite> {
  return revise(by, recordedRewrite, id, async (tx) => {
    const old = toRewrite(await readRow(tx, id));
    const defined = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    );
    const fields = checkRewrite({ ...old, ...defined });
    await refuseDuplicate(tx, fields, id);
    const row = await tx.rewrite.update({ where: { id }, data: fields });
    await recordChange(tx, by, 'changed', row);
    return toRewrite(row);
  });
}

/** Refusal 'not-found'. */
export async function removeRewrite(id: string, by: string): Promise<void> {
  await revise(by, recordedRewrite, id, async (tx) => {
    const row = await readRow(tx, id);
    await tx.rewrite.delete({ where: { id } });
    await recordChange(tx, by, 'removed', row);
  });
}

async function readRow(tx: Tx, id: string): Promise<Row> {
  const row = await tx.rewrite.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such rewriting.');
  return row;
}

function toRewrite({ position: _position, ...row }: Row): Rewrite {
  return { ...row, scope: row.scope as RewriteScope };
}

type Fields = Required<RewriteInput>;

async function refuseDuplicate(tx: Tx, fields: Fields, id: string | null): Promise<void> {
  const { scope, pattern } = fields;
  const twin = await tx.rewrite.findFirst({ where: { scope, pattern } });
  if (!twin || twin.id === id) return;
  throw new Refusal('exists', `There is a rewriting of ${pattern} already.`, 'pattern');
}

/** The canonical fields of a rewriting. Refusal 'invalid' with the field. */
export function checkRewrite(input: RewriteInput): Fields {
  if (!rewriteScopes.includes(input.scope)) {
    throw new Refusal('invalid', 'Rewriting is of a sender or a recipient.', 'scope');
  }
  const pattern = requireSide(input.pattern, 'pattern');
  // Addresses are compared whole: a star would never fit.
  if (pattern.includes('*')) {
    throw new Refusal('invalid', 'For a whole domain write @example.org.', 'pattern');
  }
  const replacement = requireSide(input.replacement, 'replacement');
  if (replacement.startsWith('@') && !pattern.startsWith('@')) {
    throw new Refusal('invalid', 'For one address give one address.', 'replacement');
  }
  if (pattern === replacement) {
    throw new Refusal('invalid', 'This changes nothing.', 'replacement');
  }
  const comment = (input.comment ?? '').trim();
  if (comment.length > 500) {
    throw new Refusal('invalid', 'A comment has at most 500 characters.', 'comment');
  }
  return { scope: input.scope, pattern, replacement, comment };
}

function requireSide(text: string, field: string): string {
  const trimmed = text.trim();
  const domain = trimmed.startsWith('@') ? toAsciiDomain(trimmed.slice(1)) : null;
  const side = domain ? `@${domain}` : canonicalAddress(trimmed);
  if (side && !side.endsWith(']')) return side;
  throw new Refusal('invalid', 'Give an address, or @example.org for a domain.', field);
}

async function recordChange(tx: Tx, by: string, action: string, row: Row): Promise<void> {
  const text = `${action}: ${row.pattern} to ${row.replacement}`;
  await recordChangeIn(tx, by, `rewriting of ${row.scope} ${row.pattern}`, text);
}
