// How Outlook and others that know Exchange set themselves up: Autodiscover ("POX": plain XML, [MS-OXDSCLI]), and the
// question in JSON that newer ones ask first. Pure. What comes in is a stranger's: never given to a parser of XML, which
// would follow entities; one element is looked for in it.
import { escapeXml, type MailServer, type Programs } from './mail-servers.ts';

export const maxRequestBytes = 16 * 1024;

const responseSchema =
  'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
const outerSchema = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
const types: Record<MailServer['type'], string> = { imap: 'IMAP', pop3: 'POP3', smtp: 'SMTP' };

export type AutodiscoverRequest = { address: string } | { error: string };

/** The address that a request asks for. */
export function readAutodiscoverRequest(text: string): AutodiscoverRequest {
  if (text.length > maxRequestBytes) return { error: 'The request is too long.' };
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return { error: 'The request declares entities.' };
  const [, schema = ''] =
    /<(?:\w{1,20}:)?AcceptableResponseSchema\s*>([^<]{0,200})</.exec(text) ?? [];
  // Phones ask for Exchange ActiveSync, which is not here.
  if (schema !== '' && schema.trim() !== responseSchema) {
    return { error: 'Only settings for IMAP, POP3 and SMTP are here.' };
  }
  const [, found = ''] = /<(?:\w{1,20}:)?EMailAddress\s*>([^<]{1,330})</i.exec(text) ?? [];
  const address = found.replace(/&(amp|apos|#39);/g, (_, name) => (name === 'amp' ? '&' : "'"));
  return address.trim() === '' ? { error: 'There is no address.' } : { address: address.trim() };
}

export function writeAutodiscover({ address, title, hostname, servers }: Programs): string {
  // One of each kind, the one that programs should prefer.
  const chosen = servers.filter(
    ({ type }, index) => servers.findIndex((one) => one.type === type) === index,
  );
  const protocols = chosen.map(
    ({ type, port, socket }) => `      <Protocol>
        <Type>${types[type]}</Type>
        <Server>${escapeXml(hostname)}</Server>
        <Port>${port}</Port>
        <DomainRequired>off</DomainRequired>
        <LoginName>${escapeXml(address)}</LoginName>
        <SPA>off</SPA>
        <SSL>${socket === 'SSL' ? 'on' : 'off'}</SSL>
        <Encryption>${socket === 'SSL' ? 'SSL' : 'TLS'}</Encryption>
        <AuthRequired>on</AuthRequired>${
          type === 'smtp'
            ? '\n        <UsePOPAuth>on</UsePOPAuth>\n        <SMTPLast>off</SMTPLast>'
            : ''
        }
      </Protocol>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${outerSchema}">
  <Response xmlns="${responseSchema}">
    <User>
      <DisplayName>${escapeXml(title)}</DisplayName>
    </User>
    <Account>
      <AccountType>email</AccountType>
      <Action>settings</Action>
${protocols.join('\n')}
    </Account>
  </Response>
</Autodiscover>
`;
}

/** The answer to a request that asks for nothing that is here. */
export function writeAutodiscoverError(text: string, at: Date): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${outerSchema}">
  <Response>
    <Error Time="${at.toISOString().slice(11, 23)}" Id="1">
      <ErrorCode>600</ErrorCode>
      <Message>${escapeXml(text)}</Message>
    </Error>
  </Response>
</Autodiscover>
`;
}
