// Who is asking. Every page, server action and route begins with one of these guards. The cookie is only
// a claim: each request looks up the row of its session and the account, so signing out elsewhere, a disabled user, a
// changed password or a changed role is in force with the next click.
import { cookies, headers } from 'next/headers';
import { forbidden, redirect } from 'next/navigation';
import { decode } from 'next-auth/jwt';
import { cache } from 'react';
import type { Account } from '#lib/accounts/account.ts';
import { type Acting, checkActing } from '#lib/accounts/acting.ts';
import { isAdminAddress } from '#lib/accounts/network.ts';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { checkWebSession, readProof, type SessionClaims } from '#lib/accounts/web-session.ts';
import { now } from '#lib/clock.ts';
import { readSettings } from '#lib/settings/index.ts';
import { readActingClaims } from './acting.ts';
import { sessionCookie, sessionSecret, toClaims } from './auth-options.ts';
import { isOwnPath } from './own-path.ts';
import { remoteAddress } from './remote-address.ts';
import { isSecureRequest, nameCookie } from './secure-request.ts';

/** The account that has signed in, or null. Looked up once a request. */
const ownSession = cache(async (): Promise<Account | null> => {
  const claims = await readClaims();
  return claims ? checkWebSession(claims, await currentRemote()) : null;
});

/** As whom an administrator is signed in beside, and who it is; or null. */
export const currentActing = cache(async (): Promise<(Acting & { actor: Account }) | null> => {
  const claims = await readActingClaims();
  const actor = claims && (await ownSession());
  if (!claims || !actor || !(await isAdminAddress(await currentRemote()))) return null;
  const acting = await checkActing(claims, actor);
  return acting && { ...acting, actor };
});

/** For the trail: who changes something of the account, where it is not its user; else undefined. */
export async function currentActor(): Promise<string | undefined> {
  return (await currentActing())?.actor.address;
}

/** Whose mail is looked at: the account that has signed in, or as whom it is; or null. */
export async function currentSession(): Promise<Account | null> {
  return (await currentActing())?.account ?? ownSession();
}

/** The address of whoever asks. */
export async function currentRemote(): Promise<string> {
  return remoteAddress((await headers()).get('x-forwarded-for'));
}

/** The path of the page that is asked for, or that a form stands on. */
export async function currentPath(): Promise<string> {
  return (await headers()).get('x-drey-path') ?? '';
}

/** What the cookie says, where its signature is ours; it counts only with its row. */
export const readClaims = cache(async (): Promise<SessionClaims | null> => {
  const name = nameCookie(sessionCookie, await isSecureRequest());
  const token = (await cookies()).get(name)?.value;
  if (!token) return null;
  // Not by getServerSession(): that is the way of renewing, and would look at the rows twice.
  const claims = await decode({ token, secret: sessionSecret() }).catch(() => null);
  return claims && toClaims(claims);
});

/**
 * For pages and actions: the signed-in account; anybody else goes to the sign-in page, and who must change the
 * password goes and does that first.
 */
export async function requireUser(): Promise<Account> {
  return (await currentActing())?.account ?? requireSignedIn();
}

/**
 * As requireUser, for what decides who may sign in: 403 for an administrator who is signed in as the user (lib/accounts/acting.ts).
 */
export async function requireOwnUser(): Promise<Account> {
  if (await currentActing()) forbidden();
  return requireSignedIn();
}

async function requireSignedIn(): Promise<Account> {
  const account = await requireUserToChange();
  return account.mustChange ? goTo('/password') : account;
}

/** As requireOwnUser, for the pages and actions where the own password is changed or the own second factor shown. */
export async function requireUserToChange(): Promise<Account> {
  return (await ownSession()) ?? goTo('/login');
}

/** For what super admins alone may, pages and actions: as requireUser, and everybody else gets 403. */
export async function requireAdmin(): Promise<Account & Staff> {
  return requireRole(null);
}

/**
 * For what others may in their domains: as requireAdmin, for every role with the permission. Whatever is read or
 * changed behind it goes through the scope that it gives (lib/accounts/staff.ts).
 */
export async function requireStaff(permission: Permission): Promise<Account & Staff> {
  return requireRole(permission);
}

async function requireRole(permission: Permission | null): Promise<Account & Staff> {
  const account = await requireSignedIn();
  if (!mayRole(account.role, permission)) forbidden();
  if (!(await isAdminAddress(await currentRemote()))) forbidden();
  await requireProof(account);
  return readStaff(account);
}

/**
 * What changes something in the panel wants the second factor of its administrator, where there is one, and not of
 * long ago: a browser that was left open, or a stolen cookie, only looks.
 */
async function requireProof(account: Account): Promise<void> {
  // Not by Next's header "next-action": a form sent without script runs the same actions and has none.
  if (!account.hasSecondFactor || (await headers()).get('x-drey-method') === 'GET') return;
  const claims = await readClaims();
  const provenAt = claims && (await readProof(claims));
  const { 'security.adminProofMinutes': minutes } = await readSettings();
  if (provenAt && now().getTime() - provenAt.getTime() < minutes * 60_000) return;
  await goTo('/prove');
}

/** For routes, which programs call: the account, or the answer 401 or 403 to return as it is. */
export async function requireForRoute(): Promise<Account | Response> {
  const acting = await currentActing();
  if (acting) return acting.account;
  const account = await ownSession();
  if (!account) return Response.json({ error: 'Sign in first.' }, { status: 401 });
  if (account.mustChange) {
    return Response.json({ error: 'Change your password first.' }, { status: 403 });
  }
  return account;
}

async function goTo(page: '/login' | '/password' | '/prove'): Promise<never> {
  const path = await currentPath();
  redirect(isOwnPath(path) && path !== '/' ? `${page}?next=${encodeURIComponent(path)}` : page);
}
