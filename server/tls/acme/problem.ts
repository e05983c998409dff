// What an authority answers when something is wrong (RFC 8555 §6.7, RFC 9457), in words for an administrator: what
// happened, and what to do. Texts of the authority are hostile and cut.
import { now } from '#lib/clock.ts';
import { cleanText } from '#server/delivery/outbound/reply.ts';

type Details = { type: string; detail: string; host: string };

export class AcmeProblem extends Error {
  /** Without its "urn:ietf:params:acme:error:" */
  readonly type: string;
  /** When it may be tried again, where the authority says so. */
  readonly retryAt: Date | null;

  constructor(type: string, text: string, retryAt: Date | null = null) {
    super(text);
    this.name = 'AcmeProblem';
    this.type = type;
    this.retryAt = retryAt;
  }
}

const prefix = 'urn:ietf:params:acme:error:';
const maxLength = 300;
const maxSubproblems = 5;
const longestRestMs = 8 * 86_400_000;

/** What to do, by the type of the problem. */
const advice: Record<string, string> = {
  accountDoesNotExist: 'Make a new account on the page Certificates.',
  badCSR: 'Remove this certificate and add it again.',
  caa: 'The CAA record of the domain names another authority: add this one to it, or remove it.',
  connection:
    'Port 80 (or 443) of that name must be reachable from outside: look at the firewall, the router and the DNS.',
  dns: 'The name must have an A or AAAA record that leads here, and no AAAA record that does not.',
  externalAccountRequired: 'This authority wants accounts made on its pages, which Drey cannot.',
  incorrectResponse:
    'Another web server answers under that name: it must pass /.well-known/acme-challenge/ on to this server, or the DNS leads elsewhere.',
  invalidContact: 'Give another contact, or none, on the page Certificates.',
  rateLimited: 'Nothing helps but waiting; use the staging authority for trials.',
  rejectedIdentifier: 'The authority gives no certificates for that name.',
  tls: 'Whatever listens on port 443 of that name must pass TLS on to this server.',
  unauthorized: 'The name must lead to this server and nowhere else.',
  userActionRequired: 'Agree to the terms of the authority again on the page Certificates.',
};

/** A problem document, whatever it may be. */
export function toProblem(
  body: unknown,
  status: number,
  retryAfter: string | null = null,
): AcmeProblem {
  const problem = readDetails(body);
  const all = [problem, ...listSubproblems(body)].filter(({ detail }) => detail !== '');
  const said = all
    .map(({ host, detail }) => (host ? `${host}: ${detail}` : detail))
    .filter((text, index, texts) => texts.indexOf(text) === index)
    .join(' ');
  const type = problem.type === 'compound' ? (all.at(-1)?.type ?? '') : problem.type;
  const isClosed = /deactivated|revoked/i.test(said) && /account/i.test(said);
  const help = isClosed
    ? 'The account at the authority was closed: make a new account on the page Certificates.'
    : (advice[type] ?? '');
  const retryAt = readRetryAfter(retryAfter);
  const text = `${said || `The authority answered ${status}.`} ${help}`.trim();
  return new AcmeProblem(isClosed ? 'accountClosed' : type, text, retryAt);
}

function readDetails(body: unknown): Details {
  const { type, detail, identifier } = (typeof body === 'object' && body ? body : {}) as {
    type?: unknown;
    detail?: unknown;
    identifier?: { value?: unknown };
  };
  return {
    type: String(type ?? '').startsWith(prefix) ? String(type).slice(prefix.length) : '',
    detail: cleanText(String(detail ?? '')).slice(0, maxLength),
    host: cleanText(String(identifier?.value ?? '')).slice(0, 253),
  };
}

/** RFC 8555 §6.7.1 */
function listSubproblems(body: unknown): Details[] {
  const { subproblems } = (typeof body === 'object' && body ? body : {}) as {
    subproblems?: unknown;
  };
  return Array.isArray(subproblems) ? subproblems.slice(0, maxSubproblems).map(readDetails) : [];
}

/** RFC 9110 §10.2.3: seconds or a date; null where it says nothing of use. At most eight days from now. */
export function readRetryAfter(header: string | null): Date | null {
  if (!header) return null;
  const at = /^\d{1,9}$/.test(header)
    ? now().getTime() + Number(header) * 1000
    : new Date(header).getTime();
  if (!Number.isFinite(at) || at <= now().getTime()) return null;
  return new Date(Math.min(at, now().getTime() + longestRestMs));
}
