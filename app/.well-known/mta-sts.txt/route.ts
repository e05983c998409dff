// The policy of MTA-STS (lib/accounts/sts.ts) of the domain whose name "mta-sts." was asked. Open to everybody: other
// mail servers read it.
import { findStsPolicy } from '#lib/accounts/sts.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  const [, domain = ''] = /^mta-sts\.([a-z0-9.-]{1,253})$/.exec(host) ?? [];
  const policy = domain === '' ? null : await findStsPolicy(domain);
  if (!policy) return new Response('There is no policy for that name here.\n', { status: 404 });
  return new Response(policy.text, {
    // RFC 8461 §3.2
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'max-age=300' },
  });
}
