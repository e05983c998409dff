// The file by which Thunderbird and others set themselves up (config-v1.1.xml). Pure.
import { escapeXml, type Programs } from './mail-servers.ts';

export function writeAutoconfig({ domain, hostname, title, servers }: Programs): string {
  const entries = servers.map(({ type, port, socket }) => {
    const element = type === 'smtp' ? 'outgoingServer' : 'incomingServer';
    return `    <${element} type="${type}">
      <hostname>${escapeXml(hostname)}</hostname>
      <port>${port}</port>
      <socketType>${socket}</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>password-cleartext</authentication>
    </${element}>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${escapeXml(hostname)}">
    <domain>${escapeXml(domain)}</domain>
    <displayName>${escapeXml(title)}</displayName>
${entries.join('\n')}
  </emailProvider>
</clientConfig>
`;
}
