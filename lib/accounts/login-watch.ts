// Everything that is open under a login in this process: IMAP, POP3 and SMTP connections, event streams of pages. What
// a login rests on may end meanwhile: the account is disabled, removed or gets another password (its epoch moves), the
// browser is signed out, the app password is taken away, their time is over, or a second factor comes beside the password
// of a program. Then each is told within a second, whichever process did it.
import { now } from '../clock.ts';
import { db } from '../db.ts';
import { logOf } from '../log.ts';
import type { SignedIn } from './sessions.ts';

export type Login = {
  accountId: string;
  epoch: number;
  /** Of a browser (WebSession), where the login is one */
  sessionId?: string | undefined;
  /** The app password it came with */
  appPasswordId?: string | undefined;
  /** It came with the account's own password, and not from the web. */
  isByPassword?: boolean | undefined;
  /** The login has ended: hang up. Told again with each look until nobody watches any more. */
  end(): void;
};

const log = logOf('auth');
const lookIntervalMs = 500;
const idsPerLook = 500;
const logins = new Set<Login>();
let timer: NodeJS.Timeout | null = null;
let isLooking = false;

/** What there is to watch of whoever signed in with a program. */
export function loginOf({ id, epoch, appPasswordId, isByPassword }: SignedIn): Omit<Login, 'end'> {
  return { accountId: id, epoch, appPasswordId, isByPassword };
}

/** Watches the login until the function that is returned is called. */
export function watchLogin(login: Login): () => void {
  logins.add(login);
  timer ??= setInterval(() => void look(), lookIntervalMs).unref();
  return () => {
    logins.delete(login);
    if (logins.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  };
}

/** One look for all of them. */
async function look(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  try {
    const open = [...logins];
    const accounts = await readAccounts(open);
    const sessions = await readIds(open, 'sessionId', (ids) =>
      db.webSession.findMany({
        where: { id: { in: ids }, expiresAt: { gt: now() } },
        select: { id: true },
      }),
    );
    const passwords = await readIds(open, 'appPasswordId', (ids) =>
      db.appPassword.findMany({
        where: { id: { in: ids }, OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }] },
        select: { id: true },
      }),
    );
    for (const login of open) {
      const { accountId, epoch, sessionId, appPasswordId, isByPassword } = login;
      const account = accounts.get(accountId);
      const stands =
        account?.epoch === epoch &&
        !(isByPassword && account.hasSecondFactor) &&
        (sessionId === undefined || sessions.has(sessionId)) &&
        (appPasswordId === undefined || passwords.has(appPasswordId));
      if (!stands && logins.has(login)) endOne(login);
    }
  } catch (error) {
    log.warn({ error }, 'open logins could not be looked at');
  } finally {
    isLooking = false;
  }
}

/** One that cannot be told must not keep the others from hearing. */
function endOne(login: Login): void {
  try {
    login.end();
  } catch (error) {
    log.warn({ error }, 'an ended login could not be closed');
  }
}

type Watched = { epoch: number; hasSecondFactor: boolean };

async function readAccounts(open: Login[]): Promise<Map<string, Watched>> {
  const accounts = new Map<string, Watched>();
  for (const ids of cut(open.map((login) => login.accountId))) {
    const rows = await db.account.findMany({
      where: { id: { in: ids }, isDisabled: false },
      select: { id: true, epoch: true, hasSecondFactor: true },
    });
    for (const { id, ...row } of rows) accounts.set(id, row);
  }
  return accounts;
}

async function readIds(
  open: Login[],
  name: 'sessionId' | 'appPasswordId',
  read: (ids: string[]) => Promise<{ id: string }[]>,
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const ids of cut(open.flatMap((login) => login[name] ?? []))) {
    for (const { id } of await read(ids)) known.add(id);
  }
  return known;
}

function* cut(ids: string[]): Generator<string[]> {
  const each = [...new Set(ids)];
  for (let at = 0; at < each.length; at += idsPerLook) yield each.slice(at, at + idsPerLook);
}
