// Relay rules: which smart host takes a mail instead of its MX. Rows, read at each attempt, so a change
// applies to the next one. Order: rules by recipient, then by sender, then the default; within a kind by
// position, first match wins. A rule without a host says "deliver directly through MX".
// Answers to Postfix's transport_maps, sender_dependent_relayhost_maps, relayhost and smtp_sasl_password_maps.
import { isIP } from 'node:net';
import { decryptSecret, encryptSecret } from '#lib/accounts/secret.ts';
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { canonicalAddress, toAsciiDomain } from '#lib/mail/address.ts';
import { recordChangeIn } from '#lib/trail/change.ts';

export type RelayMatch = 'recipient' | 'sender' | 'default';
export type RelayTlsMode = 'none' | 'opportunistic' | 'required' | 'implicit';

export type RelayRule = {
  id: string;
  /** 1 and up within its kind of match. */
  position: number;
  match: RelayMatch;
  /** Address, domain, ".domain" (the domain and all below it), "<>" (null sender); empty for the default. */
  pattern: string;
  /** Name or IP address; empty = deliver through MX. */
  host: string;
  port: number;
  tlsMode: RelayTlsMode;
  username: string;
  hasPassword: boolean;
  comment: string;
};

export type RelayRuleInput = {
  match: RelayMatch;
  pattern?: string;
  host: string;
  port?: number;
  tlsMode?: RelayTlsMode;
  username?: string;
  /** On update: undefined keeps it, an empty text removes it. */
  password?: string;
  comment?: string;
};

type Row = Awaited<ReturnType<typeof db.relayRule.findMany>>[number];

const matches: RelayMatch[] = ['recipient', 'sender', 'default'];
const tlsModes: RelayTlsMode[] = ['none', 'opportunistic', 'required', 'implicit'];

/** All rules in the order they are tried. */
export async function listRelayRules(): Promise<RelayRule[]> {
  return (await readInOrder()).map(toRule);
}

/** Adds a rule at the end of its kind. Refusal 'invalid' with the field, 'exists'. */
export async function addRelayRule(input: RelayRuleInput, by: string): Promise<RelayRule> {
  const fields = checkInput(input);
  const secret = input.password ? encryptSecret(input.password) : '';
  return write(async (tx) => {
    const peers = await tx.relayRule.findMany({ where: { match: fields.match } });
    refuseDuplicate(peers, fields);
    const position = Math.max(0, ...peers.map((row) => row.position)) + 1;
    const row = await tx.relayRule.create({
      data: { id: newId(), position, ...fields, secret, createdAt: now() },
    });
    await recordChange(tx, by, 'added', row);
    return toRule(row);
  });
}

/** Changes the fields given. Refusal 'invalid' with the field, 'exists', 'not-found'. */
export async function updateRelayRule(
  id: string,
  change: Partial<RelayRuleInput>,
  by: string,
): Promise<RelayRule> {
  return write(async (tx) => {
    const old = await readRow(tx, id);
    const defined = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    );
    const keepsSecret = change.password === undefined;
    const fields = checkInput({
      ...toRule(old),
      ...defined,
      // A kept password counts as one for the rule "a password needs a login name".
      password: keepsSecret && change.username !== '' && old.secret ? 'kept' : change.password,
    });
    const peers = await tx.relayRule.findMany({ where: { match: fields.match, id: { not: id } } });
    refuseDuplicate(peers, fields);
    const secret = keepsSecret
      ? fields.username
        ? old.secret
        : ''
      : change.password
        ? encryptSecret(change.password)
        : '';
    const position =
      fields.match === old.match
        ? old.position
        : Math.max(0, ...peers.map((row) => row.position)) + 1;
    const row = await tx.relayRule.update({ where: { id }, data: { ...fields, secret, position } });
    await recordChange(tx, by, 'changed', row);
    return toRule(row);
  });
}

/** Refusal 'not-found'. */
export async function removeRelayRule(id: string, by: string): Promise<void> {
  await write(async (tx) => {
    const row = await readRow(tx, id);
    await tx.relayRule.delete({ where: { id } });
    await recordChange(tx, by, 'removed', row);
  });
}

/** Puts a rule at `position` (1 = first) among the rules of its kind. Refusal 'not-found', 'invalid'. */
export async function moveRelayRule(id: string, position: number, by: string): Promise<void> {
  if (!Number.isInteger(position) || position < 1) {
    throw new Refusal('invalid', 'The position is a whole number from 1.', 'position');
  }
  await write(async (tx) => {
    const row = await readRow(tx, id);
    const peers = await tx.relayRule.findMany({
      where: { match: row.match, id: { not: id } },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    peers.splice(Math.min(position - 1, peers.length), 0, row);
    for (const [index, peer] of peers.entries()) {
      if (peer.position === index + 1) continue;
      await tx.relayRule.update({ where: { id: peer.id }, data: { position: index + 1 } });
    }
    await recordChange(tx, by, 'moved', { ...row, position });
  });
}

/** A rule that takes a mail, with its password in clear; empty although `hasPassword` when the server's key changed. */
export type Relay = RelayRule & { password: string };

/** The smart host for this mail; null = deliver through MX. */
export async function findRelay(sender: string, recipient: string): Promise<Relay | null> {
  return (await readRelayChooser())(sender, recipient);
}

/** The rules as they are now, to choose for many mails by one read. */
export async function readRelayChooser(): Promise<
  (sender: string, recipient: string) => Relay | null
> {
  const rows = await readInOrder();
  return (sender, recipient) => {
    const row = rows.find((rule) => isMatch(rule, sender, recipient));
    if (!row?.host) return null;
    return { ...toRule(row), password: (row.secret && decryptSecret(row.secret)) || '' };
  };
}

function isMatch(rule: Row, sender: string, recipient: string): boolean {
  if (rule.match === 'default') return true;
  const address = (rule.match === 'sender' ? sender : recipient).toLowerCase();
  if (rule.pattern === '<>') return rule.match === 'sender' && address === '';
  if (rule.pattern.includes('@')) return address === rule.pattern;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!rule.pattern.startsWith('.')) return domain === rule.pattern;
  return domain === rule.pattern.slice(1) || domain.endsWith(rule.pattern);
}

async function readInOrder(): Promise<Row[]> {
  const rows = await db.relayRule.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }] });
  return matches.flatMap((match) => rows.filter((row) => row.match === match));
}

async function readRow(tx: Tx, id: string): Promise<Row> {
  const row = await tx.relayRule.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such relay rule.');
  return row;
}

function toRule(row: Row): RelayRule {
  return {
    id: row.id,
    position: row.position,
    match: row.match as RelayMatch,
    pattern: row.pattern,
    host: row.host,
    port: row.port,
    tlsMode: row.tlsMode as RelayTlsMode,
    username: row.username,
    hasPassword: row.secret !== '',
    comment: row.comment,
  };
}

function refuseDuplicate(peers: Row[], fields: { match: string; pattern: string }): void {
  if (!peers.some((row) => row.pattern === fields.pattern)) return;
  const text =
    fields.match === 'default'
      ? 'There is a default rule already; change that one.'
      : `There is a rule for ${fields.pattern} already.`;
  throw new Refusal('exists', text, fields.match === 'default' ? 'match' : 'pattern');
}

async function recordChange(tx: Tx, by: string, action: string, row: Row): Promise<void> {
  const subject = `relay rule ${row.match} ${row.pattern}`.trim();
  const way = row.host ? `${row.host} port ${row.port}, TLS ${row.tlsMode}` : 'through MX';
  const login = row.username ? `, login ${row.username}` : '';
  const text = `${action}: position ${row.position}, ${way}${login}`;
  await recordChangeIn(tx, by, subject, text);
}

/** The canonical fields of a rule. Refusal 'invalid' with the field. */
function checkInput(input: RelayRuleInput) {
  if (!matches.includes(input.match)) {
    throw new Refusal('invalid', 'A rule matches by recipient, sender or default.', 'match');
  }
  const tlsMode = input.tlsMode ?? 'opportunistic';
  if (!tlsModes.includes(tlsMode)) {
    throw new Refusal('invalid', `TLS is one of ${tlsModes.join(', ')}.`, 'tlsMode');
  }
  const username = (input.username ?? '').trim();
  checkLogin(username, input.password ?? '');
  const comment = (input.comment ?? '').trim();
  if (comment.length > 500) {
    throw new Refusal('invalid', 'A comment has at most 500 characters.', 'comment');
  }
  return {
    match: input.match,
    pattern: input.match === 'default' ? '' : checkPattern(input.match, input.pattern ?? ''),
    host: checkHost(input.host ?? ''),
    port: checkPort(input.port ?? (tlsMode === 'implicit' ? 465 : 25)),
    tlsMode,
    username,
    comment,
  };
}

function checkPattern(match: RelayMatch, text: string): string {
  const pattern = text.trim();
  if (match === 'sender' && pattern === '<>') return pattern;
  const isBelow = pattern.startsWith('.');
  const canonical = pattern.includes('@')
    ? canonicalAddress(pattern)
    : toAsciiDomain(isBelow ? pattern.slice(1) : pattern);
  if (!canonical) {
    throw new Refusal(
      'invalid',
      'The pattern is an address, a domain, or ".domain" for a domain with all below it.',
      'pattern',
    );
  }
  return isBelow ? `.${canonical}` : canonical;
}

function checkHost(text: string): string {
  const host = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === '' || isIP(host)) return host;
  const name = host.startsWith('[') ? null : toAsciiDomain(host);
  // "0x7f.1" is a name to us and an address to some resolvers.
  if (!name || /(^|\.)0x[0-9a-f]*$/.test(name)) {
    throw new Refusal('invalid', 'The host is a name or an IP address.', 'host');
  }
  return name;
}

function checkPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Refusal('invalid', 'The port is a number from 1 to 65535.', 'port');
  }
  return port;
}

function checkLogin(username: string, password: string): void {
  const isWrong = (text: string) => text.length > 500 || /\p{Cc}/u.test(text);
  if (isWrong(username)) {
    throw new Refusal('invalid', 'The login name has a control character in it.', 'username');
  }
  if (isWrong(password)) {
    throw new Refusal('invalid', 'The password has a control character in it.', 'password');
  }
  if (password && !username) {
    throw new Refusal('invalid', 'A password needs a login name.', 'username');
  }
}
