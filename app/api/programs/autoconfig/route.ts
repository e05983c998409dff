// Tells mail programs their servers: Thunderbird and others ask https://autoconfig.DOMAIN/mail/config-v1.1.xml and
// https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml (next.config.ts leads both here) when a person types an
// address. Open to everybody: it says of no account whether it exists, and of a domain only what its MX record says anyway.
import { writeAutoconfig } from '#lib/programs/autoconfig.ts';
import { readPrograms } from '#lib/programs/mail-servers.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const address = new URL(request.url).searchParams.get('emailaddress') ?? '';
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  const programs = await readPrograms({ address, domain: host.replace(/^autoconfig\./, '') });
  if (!programs) {
    return new Response('This server has no mail for that domain.\n', { status: 404 });
  }
  return new Response(writeAutoconfig(programs), {
    headers: { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' },
  });
}
