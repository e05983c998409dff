// Tells mail programs their servers: Thunderbird and others ask https://DOMAIN/.well-known/autoconfig/… for
// it when a person types an address. Open to everybody: it says of no account whether it exists, and of a
// domain only what its MX record says anyway.
import { domainOf } from '#lib/accounts/address.ts';
import { isLocalDomain } from '#lib/accounts/route.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { listMailServers } from '../../../../mail-ports.ts';

export const dynamic = 'force-dynamic';

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export async function GET(request: Request): Promise<Response> {
  const address = new URL(request.url).searchParams.get('emailaddress') ?? '';
  const domain = domainOf(address).toLowerCase();
  if (address.length > 320 || (address !== '' && !(await isLocalDomain(domain)))) {
    return new Response('This server has no mail for that domain.\n', { status: 404 });
  }
  const [hostname, title] = await Promise.all([serverHostname(), readSetting('web.title')]);
  const entries = (await listMailServers()).map(({ type, port, socket }) => {
    const element = type === 'smtp' ? 'outgoingServer' : 'incomingServer';
    return `    <${element} type="${type}">
      <hostname>${escapeXml(hostname)}</hostname>
      <port>${port}</port>
      <socketType>${socket}</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>password-cleartext</authentication>
    </${element}>`;
  });
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${escapeXml(hostname)}">
    <domain>${escapeXml(domain || hostname)}</domain>
    <displayName>${escapeXml(title)}</displayName>
${entries.join('\n')}
  </emailProvider>
</clientConfig>
`;
  return new Response(body, {
    headers: { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' },
  });
}
