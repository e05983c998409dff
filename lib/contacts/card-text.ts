// Cards of contacts: vCard 4.0 (RFC 6350) or 3.0 (RFC 2426), which older programs want. Pure.
import type { ContactFields } from './contact-fields.ts';

export type CardVersion = '3.0' | '4.0';
export type WrittenContact = ContactFields & { uid: string; groups?: string[] };

/** The contacts as cards, one after the other, CRLF lines. */
export function writeCards(contacts: readonly WrittenContact[], version: CardVersion): string {
  return contacts.map((contact) => writeCard(contact, version)).join('');
}

function writeCard(contact: WrittenContact, version: CardVersion): string {
  const { name, firstName, lastName, nickname, organization, title, note } = contact;
  const line = (property: string, value: string) => (value === '' ? [] : [`${property}:${value}`]);
  const lines = [
    'BEGIN:VCARD',
    `VERSION:${version}`,
    `UID:${escapeValue(contact.uid)}`,
    `FN:${escapeValue(name)}`,
    // RFC 2426 §3.1.2 demands N.
    `N:${[lastName, firstName, '', '', ''].map(escapeValue).join(';')}`,
    ...line('NICKNAME', escapeValue(nickname)),
    ...line('ORG', escapeValue(organization)),
    ...line('TITLE', escapeValue(title)),
    ...contact.addresses.map(({ address, kind }, i) => {
      const pref = i === 0 && contact.addresses.length > 1;
      return `EMAIL${typeText([version === '3.0' ? 'internet' : '', kind], pref, version)}:${escapeValue(address)}`;
    }),
    ...contact.phones.map(
      ({ number, kind }) =>
        `TEL${typeText([kind === 'mobile' ? 'cell' : kind], false, version)}:${escapeValue(number)}`,
    ),
    ...contact.postal.map(({ street, city, region, code, country, kind }) => {
      const parts = ['', '', street, city, region, code, country].map(escapeValue);
      return `ADR${typeText([kind], false, version)}:${parts.join(';')}`;
    }),
    ...line('BDAY', writeBirthday(contact.birthday, version)),
    ...line('URL', contact.website),
    ...line('NOTE', escapeValue(note)),
    ...line('CATEGORIES', (contact.groups ?? []).map(escapeValue).join(',')),
    ...writePhoto(contact, version),
    'END:VCARD',
  ];
  return lines.map((each) => `${foldLine(each)}\r\n`).join('');
}

function typeText(types: string[], isPreferred: boolean, version: CardVersion): string {
  const all = types.filter(Boolean);
  if (isPreferred && version === '3.0') all.push('pref');
  const text = all.map((type) => `;TYPE=${type}`).join('');
  return isPreferred && version === '4.0' ? `${text};PREF=1` : text;
}

/** RFC 6350 §4.3.1 writes dates without hyphens; 3.0 knows no date without a year. */
function writeBirthday(birthday: string, version: CardVersion): string {
  if (version === '4.0')
    return birthday.replace(/(\d{2})-(\d{2})$/, '$1$2').replace(/^(\d{4})-/, '$1');
  return birthday.startsWith('--') ? '' : birthday;
}

function writePhoto({ photo }: WrittenContact, version: CardVersion): string[] {
  if (!photo) return [];
  if (version === '4.0') return [`PHOTO:data:${photo.type};base64,${photo.data}`];
  const type = photo.type.slice('image/'.length).toUpperCase();
  return [`PHOTO;ENCODING=b;TYPE=${type}:${photo.data}`];
}

/** RFC 6350 §3.4 */
function escapeValue(text: string): string {
  return text.replace(/[\\,;]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');
}

/** At most 75 octets a line, never within a character (RFC 6350 §3.2). */
export function foldLine(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line;
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    // The white space that begins a continued line counts too.
    if (octets + more > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = '';
      octets = 0;
    }
    part += character;
    octets += more;
  }
  return [...parts, part].join('\r\n ');
}
