// GET /api/health: 200 when this process serves, the database answers and the daemon's IMAP port takes a
// connection; else 503 with what is missing. Open to everybody: it tells nothing but this.
import { isSetUp } from '#lib/accounts/setup.ts';
import { internalImap } from '#lib/env.ts';
import { isPortOpen } from '../../daemon.ts';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const [database, daemon] = await Promise.all([isDatabaseReadable(), isPortOpen(internalImap())]);
  const isUp = database && daemon;
  return Response.json(
    isUp
      ? { status: 'ok' }
      : {
          status: 'unavailable',
          database: database ? 'ok' : 'unreadable',
          daemon: daemon ? 'ok' : 'not answering',
        },
    { status: isUp ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}

async function isDatabaseReadable(): Promise<boolean> {
  return isSetUp().then(
    () => true,
    () => false,
  );
}
