// A conversation with an LDAP server (RFC 4511) that always ends: connect, encrypt, bind, ask, leave, all within one
// time limit. Knows no settings and no purpose; who searches people or signs in by it says what it wants.
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  Client,
  ConstraintViolationError,
  InappropriateAuthError,
  InsufficientAccessError,
  InvalidCredentialsError,
  NoSuchObjectError,
  UnwillingToPerformError,
} from 'ldapts';

export type LdapServer = {
  /** "ldap://host:389" or "ldaps://host" */
  url: string;
  /** "required": STARTTLS on ldap://, certificates verified; "unverified": any certificate; "none" */
  tls: 'required' | 'unverified' | 'none';
  /** Empty = anonymous */
  bindName: string;
  password: string;
  timeoutMs: number;
};
/** An entry: its name, and the values of attributes by the names that were asked for. */
export type LdapEntry = { dn: string; values: ReadonlyMap<string, readonly string[]> };
export type LdapSearch = { base: string; filter: string; attributes: string[]; most: number };
export type LdapSession = { search(asked: LdapSearch): Promise<LdapEntry[]> };

/** How servers say no to a bind: not every one has invalidCredentials for a locked, disabled or empty entry. */
const refusals = [
  InvalidCredentialsError,
  InappropriateAuthError,
  ConstraintViolationError,
  UnwillingToPerformError,
  InsufficientAccessError,
  NoSuchObjectError,
];
const maxValues = 50;
const maxValueLength = 1000;

/** Runs `run` with a session that is bound; whatever takes longer than the limit is given up with an Error. */
export async function withLdap<T>(
  server: LdapServer,
  run: (session: LdapSession) => Promise<T>,
): Promise<T> {
  const { timeoutMs } = server;
  const sockets: Socket[] = [];
  const keep = <S extends Socket>(socket: S): S => {
    sockets.push(socket);
    return socket;
  };
  const client = new Client({
    url: server.url,
    createConnection: ((...given: Parameters<typeof connect>) =>
      keep(connect(...given))) as typeof connect,
    createSecureConnection: ((...given: Parameters<typeof connectTls>) =>
      keep(connectTls(...given))) as typeof connectTls,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    strictDN: false,
    ...(isSecure(server.url) ? { tlsOptions: tlsOptionsOf(server) } : {}),
  });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The LDAP server is too slow.')), timeoutMs);
  });
  try {
    return await Promise.race([converse(client, server, run), limit]);
  } finally {
    clearTimeout(timer);
    client.unbind().catch(() => {});
    // A server that says nothing would keep its connection open.
    for (const socket of sockets) socket.destroySoon();
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, 100).unref();
  }
}

async function converse<T>(
  client: Client,
  server: LdapServer,
  run: (session: LdapSession) => Promise<T>,
): Promise<T> {
  if (!isSecure(server.url) && server.tls !== 'none') await client.startTLS(tlsOptionsOf(server));
  if (server.bindName !== '') await client.bind(server.bindName, server.password);
  return run({ search: (asked) => search(client, asked, server.timeoutMs) });
}

/**
 * Whether the server accepts a name and password; false for wrong ones. An empty password is never right, though
 * servers accept it as anonymous (RFC 4513 §5.1.2). Throws where the server does not answer.
 */
export async function checkLdapPassword(
  server: LdapServer,
  name: string,
  password: string,
): Promise<boolean> {
  if (name === '' || password === '') return false;
  try {
    await withLdap({ ...server, bindName: name, password }, async () => {});
    return true;
  } catch (error) {
    if (refusals.some((each) => error instanceof each)) return false;
    throw error;
  }
}

async function search(
  client: Client,
  { base, filter, attributes, most }: LdapSearch,
  timeoutMs: number,
): Promise<LdapEntry[]> {
  const { searchEntries } = await client.search(base, {
    scope: 'sub',
    filter,
    attributes,
    sizeLimit: most,
    timeLimit: Math.max(1, Math.ceil(timeoutMs / 1000)),
  });
  return searchEntries.slice(0, most).map((entry) => {
    const byName = new Map(
      Object.entries(entry).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const values = attributes.map(
      (name) => [name, toTexts(byName.get(name.toLowerCase()))] as const,
    );
    return { dn: entry.dn, values: new Map(values) };
  });
}

function toTexts(value: unknown): string[] {
  const all = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return all
    .slice(0, maxValues)
    .map((each) => (Buffer.isBuffer(each) ? each.toString('utf8') : String(each)))
    .map((text) => text.slice(0, maxValueLength));
}

function isSecure(url: string): boolean {
  return /^ldaps:/i.test(url);
}

function tlsOptionsOf({ url, tls }: LdapServer): {
  rejectUnauthorized: boolean;
  servername?: string;
} {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  // SNI knows names only (RFC 6066 §3).
  const isName = !/^[\d.]+$|:/.test(host);
  return { rejectUnauthorized: tls === 'required', ...(isName ? { servername: host } : {}) };
}

/** A value as it may stand in a filter (RFC 4515 §3): nothing in it is a sign of the filter's own. */
export function escapeLdapValue(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const isPlain =
        byte >= 0x20 && byte < 0x7f && !'()*\\&|!=<>~/'.includes(String.fromCharCode(byte));
      return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
