// What the DNS says, against what a domain here should say. Pure: whoever asks hands the answers in. A record that does
// its work in other words is right. Texts that come back are hostile and are shown cut.
import type { RecordVerdict } from '../dkim-record.ts';
import { isPublicExchanger } from '../public-address.ts';

export type Found<T> =
  | { status: 'ok'; records: T[] }
  | { status: 'none' }
  | { status: 'failed'; text: string };

const right = (text = ''): RecordVerdict => ({ state: 'right', text });
const different = (text: string): RecordVerdict => ({ state: 'different', text });
const missing = (text = 'There is no such record.'): RecordVerdict => ({ state: 'missing', text });

/** Names of hosts are compared without case and last dot. */
const isSameName = (one: string, other: string) =>
  one.replace(/\.$/, '').toLowerCase() === other.replace(/\.$/, '').toLowerCase();

/** What is no list of records needs no look. */
function judge<T>(found: Found<T>, look: (records: T[]) => RecordVerdict): RecordVerdict {
  if (found.status === 'failed') return { state: 'unknown', text: found.text };
  return found.status === 'none' || found.records.length === 0 ? missing() : look(found.records);
}

export function judgeMx(
  found: Found<{ exchange: string; preference: number }>,
  hostname: string,
): RecordVerdict {
  return judge(found, (records) => {
    // RFC 7505: a null MX.
    if (records.some(({ exchange }) => exchange === '')) {
      return different('It says that the domain takes no mail at all (null MX).');
    }
    const own = records.filter(({ exchange }) => isSameName(exchange, hostname));
    const others = records.filter(({ exchange }) => !isSameName(exchange, hostname));
    const names = others.map(({ exchange }) => exchange).slice(0, 5);
    if (own.length === 0) return different(`Mail goes to ${names.join(', ')} and not here.`);
    if (others.length === 0) return right();
    return right(`Other servers take its mail too: ${names.join(', ')}.`);
  });
}

/** `own`: addresses of this machine's interfaces. */
export function judgeHost(found: Found<string>, own: string[]): RecordVerdict {
  return judge(found, (records) => {
    const inner = records.find((address) => !isPublicExchanger(address));
    if (inner !== undefined) return different(`${inner} cannot be reached from outside.`);
    if (records.some((address) => own.includes(address))) return right();
    return right('Not an address of this machine: right where a router passes the ports on.');
  });
}

/** The name behind an address; `found` of the address itself. */
export function judgeReverse(found: Found<string>, hostname: string): RecordVerdict {
  if (found.status === 'none') {
    return missing('Many servers refuse mail from an address without a name.');
  }
  return judge(found, (names) => {
    if (names.some((name) => isSameName(name, hostname))) return right();
    return different(`The address is called ${names.slice(0, 3).join(', ')}.`);
  });
}

/** `results`: what evaluating the record gave, for each address of this server. */
export function judgeSpf(found: Found<string>, results: Map<string, string>): RecordVerdict {
  return judge(found, (texts) => {
    // RFC 7208 §4.5: what does not begin so is no record of SPF.
    const records = texts.filter((text) => /^v=spf1(?: |$)/i.test(text));
    if (records.length === 0) return missing();
    if (records.length > 1) return different('There are several; then none counts.');
    if (/(?:^|\s)\+?all(?:\s|$)/i.test(records[0] ?? '')) {
      return different('It lets everybody send in the name of the domain ("+all").');
    }
    const refused = [...results].find(([, result]) => result !== 'pass');
    if (refused) return different(`For ${refused[0]}, this server, it gives "${refused[1]}".`);
    return right();
  });
}

export function judgeDmarc(found: Found<string>): RecordVerdict {
  return judge(found, (texts) => {
    // RFC 9989 §4.7: what does not begin so is left out.
    const records = texts.filter((text) => /^\s*v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
    if (records.length === 0) return missing();
    if (records.length > 1) return different('There are several; then none counts.');
    const record = records[0] ?? '';
    const policy = /;\s*p\s*=\s*([a-z]+)/i.exec(record)?.[1]?.toLowerCase() ?? '';
    if (!['none', 'quarantine', 'reject'].includes(policy)) {
      return different('It has no policy ("p=quarantine" or "p=reject").');
    }
    const remarks = [
      policy === 'none' ? 'It only watches: "p=quarantine" or "p=reject" would protect.' : '',
      /;\s*rua\s*=/i.test(record) ? '' : 'It asks for no reports ("rua=").',
    ];
    return right(remarks.filter(Boolean).join(' '));
  });
}

/** RFC 8461 §3.1 */
export function judgeSts(found: Found<string>, id: string): RecordVerdict {
  return judge(found, (texts) => {
    const records = texts.filter((text) => /^v=STSv1\s*;/.test(text));
    if (records.length === 0) return missing();
    if (records.length > 1) return different('There are several; then none counts.');
    const known = /;\s*id\s*=\s*([A-Za-z0-9]{1,32})/.exec(records[0] ?? '')?.[1];
    // Others fetch a policy again only when the id is another one.
    return known === id ? right() : different('Its id is that of another policy.');
  });
}

/** RFC 8460 §3 */
export function judgeTlsReport(found: Found<string>): RecordVerdict {
  return judge(found, (texts) => {
    const records = texts.filter((text) => /^v=TLSRPTv1\s*;/.test(text));
    if (records.length === 0) return missing();
    if (records.length > 1) return different('There are several; then none counts.');
    return /;\s*rua\s*=\s*(?:mailto|https):/i.test(records[0] ?? '')
      ? right()
      : different('It names nobody to report to ("rua=").');
  });
}

/** A name that leads to this server, by whatever kind of record. */
export function judgeAlias(found: Found<string>, hosts: Found<string>): RecordVerdict {
  return judge(found, (addresses) => {
    const own = hosts.status === 'ok' ? hosts.records : [];
    return addresses.some((address) => own.includes(address))
      ? right()
      : different(`It leads to ${addresses.slice(0, 3).join(', ')}.`);
  });
}

export function judgeService(
  found: Found<{ target: string; port: number }>,
  hostname: string,
  port: number,
): RecordVerdict {
  return judge(found, (records) => {
    // RFC 2782: "." says that there is no such service.
    const own = records.filter(({ target }) => isSameName(target, hostname));
    if (own.some((record) => record.port === port)) return right();
    const first = own[0] ?? records[0];
    return different(`It names ${first?.target || 'nobody'}, port ${first?.port ?? 0}.`);
  });
}
