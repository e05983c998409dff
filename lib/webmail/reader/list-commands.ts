// What a mailing list offers in its header (RFC 2369, RFC 2919), and leaving it in one click (RFC 8058).
import { findField, type HeaderField, readFieldText, unfold } from '../../mail/header.ts';
import { listSignedFields } from './authentication.ts';

export const listVerbs = ['subscribe', 'unsubscribe', 'post', 'archive', 'owner', 'help'] as const;
export type ListVerb = (typeof listVerbs)[number];
export type ListCommands = {
  /** Its name, or what stands for it */
  name: string;
  id: string;
  /** A mailto: or https: address for each thing one may do */
  links: Partial<Record<ListVerb, { mailto: string | null; url: string | null }>>;
  /** Our server may leave the list by itself */
  hasOneClick: boolean;
};

const maxUrl = 2000;

/** The commands of a list; null where the message is of none. `signedBy`: domains of valid DKIM signatures. */
export function readListCommands(
  fields: HeaderField[],
  signedBy: readonly string[],
): ListCommands | null {
  const links: ListCommands['links'] = {};
  for (const verb of listVerbs) {
    const found = readLinks(fields, `list-${verb}`);
    if (found.mailto || found.url) links[verb] = found;
  }
  const label = readFieldText(fields, 'list-id').slice(0, 300);
  const id = /<([^<>\s]{1,255})>[^<>]*$/.exec(label)?.[1] ?? '';
  if (id === '' && !links.unsubscribe && !links.post) return null;
  const name = label.replace(/<[^<>]*>[^<>]*$/, '').replace(/^[\s"]+|[\s"]+$/g, '') || id;
  return { name, id, links, hasOneClick: findOneClick(fields, signedBy) !== null };
}

/** RFC 2369 §2: addresses in angle brackets, the preferred one first; "NO" for none. */
function readLinks(
  fields: HeaderField[],
  name: string,
): { mailto: string | null; url: string | null } {
  const field = findField(fields, name);
  const text = field ? unfold(field.rawValue.slice(0, 8000)).replace(/\s+/g, '') : '';
  const all = [...text.matchAll(/<([^<>]+)>/g)].map((match) => match[1] ?? '');
  const wanted = all.filter((each) => each.length <= maxUrl);
  const mailto = wanted.find((each) => /^mailto:[^?\s]+/i.test(each)) ?? null;
  const url = wanted.map(toWebUrl).find((each) => each !== null) ?? null;
  return { mailto, url };
}

function toWebUrl(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    const url = new URL(text);
    return url.username || url.password ? null : url.href;
  } catch {
    return null;
  }
}

/**
 * The address to POST to, or null: RFC 8058 §4 asks for an https address, the other field, and a valid DKIM signature
 * over both.
 */
export function findOneClick(fields: HeaderField[], signedBy: readonly string[]): string | null {
  const names = ['list-unsubscribe', 'list-unsubscribe-post'];
  if (names.some((name) => fields.filter(({ key }) => key === name).length !== 1)) return null;
  const post = readFieldText(fields, 'list-unsubscribe-post').replace(/\s+/g, '').toLowerCase();
  if (post !== 'list-unsubscribe=one-click') return null;
  const covered = listSignedFields(fields, signedBy);
  if (!names.every((name) => covered.has(name))) return null;
  const { url } = readLinks(fields, 'list-unsubscribe');
  return url?.startsWith('https://') ? url : null;
}
