// Who calls for a script: an app password with each call (Basic, RFC 7617), and no cookie, so no page can make a browser
// call in somebody's name. Only app passwords that were made for it open anything; failures are counted with all others.
import type { Account } from '#lib/accounts/account.ts';
import { isLoopback } from '#lib/accounts/network.ts';
import { signInByAppPassword } from '#lib/accounts/sessions.ts';
import { describeWait } from '#lib/api/problem.ts';
import { isRefusal } from '#lib/errors.ts';
import { isSecureRequest } from './secure-request.ts';
import { currentRemote } from './session.ts';

/** For the calls of scripts: the account, or the answer to return as it is. */
export async function requireForScript(authorization: string | null): Promise<Account | Response> {
  const remote = await currentRemote();
  // A password travels inside TLS, or does not leave this machine (RFC 8314 §4).
  if (!(await isSecureRequest()) && !isLoopback(remote)) {
    return Response.json({ error: 'Only by https.' }, { status: 403 });
  }
  const shown = readBasic(authorization);
  if (!shown) return refuseScript('Show the address and an app password.');
  try {
    const account = await signInByAppPassword({ ...shown, remote, protocol: 'web' });
    if (!account.mustChange) return account;
    return Response.json({ error: 'Change your password first.' }, { status: 403 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.reason !== 'throttled') return refuseScript(error.message);
    return Response.json({ error: error.message }, { status: 429, headers: describeWait(error) });
  }
}

function refuseScript(error: string): Response {
  const headers = { 'www-authenticate': 'Basic realm="mail", charset="UTF-8"' };
  return Response.json({ error }, { status: 401, headers });
}

function readBasic(authorization: string | null): { address: string; password: string } | null {
  const [, encoded] = /^Basic ([\w+/=-]{1,1000})$/i.exec(authorization ?? '') ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon > 0 ? { address: text.slice(0, colon), password: text.slice(colon + 1) } : null;
}
