// "MAIL FROM:<path> parameters" and "RCPT TO:<path> parameters" (RFC 5321 §4.1.1.2, §4.1.1.3, §4.1.2). The path
// itself is the library's work; parameters are read here, since it decodes what must stay as it is.
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { Reply } from '../replies.ts';

/** ESMTP parameters as written, names in upper case. */
export type Parameters = Record<string, string | true>;

type PathLine = {
  /** "<user@example.org>" and all before it: what is left for the library */
  path: string;
  /** Null where they are no parameters, or one stands there twice */
  parameters: Parameters | null;
};

/** RFC 5321 §4.1.2: esmtp-keyword and esmtp-value, the latter with UTF-8 (RFC 6531 §3.3). */
const keyword = /^[a-z0-9][a-z0-9-]{0,39}$/i;
const value = /^[^\p{Cc}\p{Cf}\s=]+$/u;
const maxParameters = 20;

/** Cuts the line where its parameters begin. `line` is UTF-8 text. */
export function readPathLine(line: string): PathLine {
  const colon = line.indexOf(':');
  if (colon < 0) return { path: line, parameters: {} };
  const [path = '', ...words] = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/);
  return { path: `${line.slice(0, colon + 1)}${path}`, parameters: readParameters(words) };
}

function readParameters(words: string[]): Parameters | null {
  const parameters: Parameters = {};
  if (words.length > maxParameters) return null;
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
    const text = equals < 0 ? true : word.slice(equals + 1);
    if (!keyword.test(name) || Object.hasOwn(parameters, name)) return null;
    if (text !== true && !value.test(text)) return null;
    parameters[name] = text;
  }
  return parameters;
}

/** A name without a domain, as cron has it: whether that is an address is for the checks (message/add-domain.ts). */
const bareName = /^<([\w.!#$%&'*+/=?^`{|}~-]{1,64})>$/;

/** What the library reads paths by; it asks nothing of a connection but the options of its server. */
const reader: SMTPConnection = Object.create(SMTPConnection.prototype, {
  _server: { value: { options: {}, logger: { error() {} } } },
});

/** The address and parameters of a line of MAIL or RCPT, or the reply that says what is wrong with it. */
export function readPath(
  kind: 'mail from' | 'rcpt to',
  line: string,
): { address: string; parameters: Parameters } | Reply {
  const { path, parameters } = readPathLine(line);
  const bare = bareName.exec(path.slice(path.indexOf(':') + 1))?.[1];
  const parsed = bare ? { address: bare } : reader._parseAddressCommand(kind, path);
  const isSender = kind === 'mail from';
  if (!parsed || (!isSender && !parsed.address)) {
    return isSender
      ? { code: 501, enhanced: '5.1.7', text: 'Bad sender address syntax' }
      : { code: 501, enhanced: '5.1.3', text: 'Bad recipient address syntax' };
  }
  if (!parameters) return { code: 501, enhanced: '5.5.4', text: 'Bad parameter syntax' };
  return { address: parsed.address, parameters };
}
