// The DNS as mailauth wants it: records in the shape of node:dns, errors with its codes. What is no sure
// negative stays a temporary error.
import {
  type Answer,
  resolveCname,
  resolveIpv4,
  resolveIpv6,
  resolveMx,
  resolvePtr,
  resolveTxt,
} from '#server/dns/resolver.ts';

/** Answers one question of mailauth. Rejects with code ENOTFOUND or ENODATA (surely none) or ESERVFAIL (not known now). */
export async function resolveForMailauth(name: string, type: string): Promise<unknown[]> {
  switch (type) {
    case 'TXT':
      return unwrap(await resolveTxt(name)).map((text) => [text]);
    case 'MX':
      return unwrap(await resolveMx(name)).map(({ exchange, preference }) => ({
        exchange,
        priority: preference,
      }));
    case 'A':
      return unwrap(await resolveIpv4(name));
    case 'AAAA':
      return unwrap(await resolveIpv6(name));
    case 'CNAME':
      return unwrap(await resolveCname(name));
    case 'PTR':
      return unwrap(await resolvePtr(fromReverseName(name)));
    default:
      return unwrap({ status: 'none' });
  }
}

function unwrap<T>(answer: Answer<T>): T[] {
  if (answer.status === 'ok') return answer.records;
  const none = answer.status === 'none' && answer.isNoName ? 'ENOTFOUND' : 'ENODATA';
  const code = answer.status === 'none' ? none : 'ESERVFAIL';
  throw Object.assign(new Error(`DNS: ${code}`), { code });
}

/** "7.2.0.192.in-addr.arpa" → "192.0.2.7"; an address stays as it is. */
function fromReverseName(name: string): string {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/i.exec(name);
  if (v4) return v4.slice(1).reverse().join('.');
  const nibbles = /^((?:[0-9a-f]\.){32})ip6\.arpa$/i.exec(name)?.[1];
  if (!nibbles) return name;
  const digits = nibbles.split('.').reverse().join('');
  return digits.match(/.{4}/g)?.join(':') ?? name;
}
