// A profile for mail on iPhone, iPad and Mac (configuration profile, payload com.apple.mail.managed). No password is in
// it: the device asks for it. Pure.
import { createHash } from 'node:crypto';
import { escapeXml, type MailServer, type Programs } from './mail-servers.ts';

type Value = string | number | boolean | Value[] | { [key: string]: Value };

/** null where nothing can be fetched or sent. */
export function writeMobileconfig({ address, hostname, title, servers }: Programs): string | null {
  const incoming = find(servers, 'imap') ?? find(servers, 'pop3');
  const outgoing = find(servers, 'smtp');
  if (!incoming || !outgoing || address === '') return null;
  const identifier = `${hostname.split('.').reverse().join('.')}.mail`;
  const account = {
    EmailAccountDescription: title,
    EmailAccountType: incoming.type === 'imap' ? 'EmailTypeIMAP' : 'EmailTypePOP',
    EmailAddress: address,
    IncomingMailServerAuthentication: 'EmailAuthPassword',
    IncomingMailServerHostName: hostname,
    IncomingMailServerPortNumber: incoming.port,
    IncomingMailServerUseSSL: true,
    IncomingMailServerUsername: address,
    OutgoingMailServerAuthentication: 'EmailAuthPassword',
    OutgoingMailServerHostName: hostname,
    OutgoingMailServerPortNumber: outgoing.port,
    OutgoingMailServerUseSSL: true,
    OutgoingMailServerUsername: address,
    OutgoingPasswordSameAsIncomingPassword: true,
    PayloadDescription: `Mail of ${address}`,
    PayloadDisplayName: title,
    PayloadIdentifier: `${identifier}.account`,
    PayloadType: 'com.apple.mail.managed',
    PayloadUUID: makeUuid(`account ${hostname} ${address}`),
    PayloadVersion: 1,
  };
  const profile = {
    PayloadContent: [account],
    PayloadDescription: `Sets up mail of ${address}.`,
    PayloadDisplayName: `${title}: ${address}`,
    PayloadIdentifier: identifier,
    PayloadOrganization: title,
    PayloadRemovalDisallowed: false,
    PayloadType: 'Configuration',
    PayloadUUID: makeUuid(`profile ${hostname} ${address}`),
    PayloadVersion: 1,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${writeValue(profile)}
</plist>
`;
}

function find(servers: MailServer[], type: MailServer['type']): MailServer | undefined {
  return servers.find((server) => server.type === type);
}

function writeValue(value: Value): string {
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  if (typeof value === 'string') return `<string>${escapeXml(value)}</string>`;
  if (Array.isArray(value)) return `<array>\n${value.map(writeValue).join('\n')}\n</array>`;
  const entries = Object.entries(value).map(([key, one]) => `<key>${key}</key>${writeValue(one)}`);
  return `<dict>\n${entries.join('\n')}\n</dict>`;
}

/** The same for the same account: a profile that is installed again takes the place of the one before. */
function makeUuid(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').toUpperCase();
  // RFC 9562 §5.8: version 8, our own making.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
