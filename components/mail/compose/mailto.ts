// mailto: links (RFC 6068) as the start of a message. Their text is somebody else's: only recipients, subject and words
// are taken, never files or other fields (§4, §7).
import type { Person } from '#lib/webmail/list/message-list.ts';
import { splitPeople } from '../people.ts';

export type MailtoParts = {
  to: Person[];
  cc: Person[];
  bcc: Person[];
  subject: string;
  text: string;
};

const maxLength = 20_000;
const maxPeople = 100;

/** The parts of a link; anything that is none gives empty ones. */
export function parseMailto(link: string): MailtoParts {
  const parts: MailtoParts = { to: [], cc: [], bcc: [], subject: '', text: '' };
  const [, path = '', query = ''] =
    /^(?:mailto:)?([^?]*)\??(.*)$/is.exec(link.trim().slice(0, maxLength)) ?? [];
  parts.to = toPeople(decode(path));
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    // §5: "+" stands for itself.
    const value = decode(rest.join('='));
    const key = name.toLowerCase();
    if (key === 'to' || key === 'cc' || key === 'bcc') {
      parts[key] = [...parts[key], ...toPeople(value)].slice(0, maxPeople);
    } else if (key === 'subject') parts.subject = value.replace(/[\r\n]+/g, ' ').slice(0, 1000);
    else if (key === 'body') parts.text = value.replace(/\r\n?/g, '\n');
  }
  return parts;
}

function toPeople(text: string): Person[] {
  return splitPeople(text).slice(0, maxPeople);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
