// GET /api/health: whether the system works, for load balancers and watchers. "live": this process answers; "ready": the
// database and the daemon's IMAP port answer too. 200 or 503 as what is asked for; without a question that is ready.
// Open to everybody, who hear no more than this; from this machine, or with the token of a setting, each part is told.
import { timingSafeEqual } from 'node:crypto';
import { isLoopback } from '#lib/accounts/network.ts';
import { decryptSecret } from '#lib/accounts/secret.ts';
import { isSetUp } from '#lib/accounts/setup.ts';
import { internalImap } from '#lib/env.ts';
import { isPortOpen, readHealth, worstOf } from '#lib/numbers/health/index.ts';
import { readSetting } from '#lib/settings/index.ts';
import { remoteAddress } from '../../remote-address.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const asksLive = new URL(request.url).searchParams.has('live');
  const [database, daemon] = await Promise.all([isDatabaseReadable(), isPortOpen(internalImap())]);
  const ready = database && daemon;
  const isGood = asksLive || ready;
  const body = {
    status: isGood ? 'ok' : 'unavailable',
    live: true,
    ready,
    ...(database ? {} : { database: 'unreadable' }),
    ...(daemon ? {} : { daemon: 'not answering' }),
    ...(database && (await mayKnowMore(request)) ? await describeParts() : {}),
  };
  const headers = { 'cache-control': 'no-store' };
  return Response.json(body, { status: isGood ? 200 : 503, headers });
}

async function describeParts(): Promise<object> {
  const parts = await readHealth();
  return {
    health: worstOf(parts),
    parts: parts.map(({ name, colour, text, todo }) => ({ name, colour, text, todo })),
  };
}

/** A proxy on this machine says for whom it asks. */
async function mayKnowMore(request: Request): Promise<boolean> {
  if (isLoopback(remoteAddress(request.headers.get('x-forwarded-for')))) return true;
  const [, given = ''] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  if (given === '') return false;
  const sealed = await readSetting('server.healthToken');
  const token = sealed === '' ? null : decryptSecret(sealed);
  if (!token) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function isDatabaseReadable(): Promise<boolean> {
  return isSetUp().then(
    () => true,
    () => false,
  );
}
