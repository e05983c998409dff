// Domains that look wrong: a slip of the finger in a well-known one, mixed scripts, no ending. Pure; it only warns.

export type OddDomain = { kind: 'typo'; domain: string } | { kind: 'mixed' } | { kind: 'bare' };

const known = (
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com gmx.de gmx.net web.de ' +
  't-online.de freenet.de posteo.de mailbox.org proton.me protonmail.com orange.fr free.fr laposte.net hotmail.fr ' +
  'yahoo.fr hotmail.es yandex.ru mail.ru fastmail.com ethionet.et'
).split(' ');

/** What is odd about the domain of an address, or null. */
export function findOddDomain(address: string): OddDomain | null {
  const domain = address
    .slice(address.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  if (domain === '' || domain.startsWith('[') || known.includes(domain)) return null;
  if (mixesScripts(domain)) return { kind: 'mixed' };
  const meant = known.find((each) => isOneSlip(domain, each));
  if (meant) return { kind: 'typo', domain: meant };
  return domain.includes('.') || domain === 'localhost' ? null : { kind: 'bare' };
}

/** Latin letters together with Cyrillic, Greek or Cherokee ones within one label. */
function mixesScripts(domain: string): boolean {
  return domain
    .split('.')
    .some(
      (label) =>
        /\p{Script=Latin}/u.test(label) &&
        /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}]/u.test(label),
    );
}

/** One letter changed, missing, doubled, or two neighbours exchanged. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b || b.length < 6) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  if (restA.slice(1) === restB.slice(1)) return true;
  if (restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
