// Contacts out of cards (vCard 2.1, 3.0, 4.0). Pure.
import { type CardLine, scanCards, splitValue, unescapeValue } from './card-lines.ts';
import { type ContactFields, type ContactInput, checkContact } from './contact-fields.ts';

export type ReadContact = { fields: ContactFields; uid: string; groups: string[] };
/** A card of kind "group" (RFC 6350 §6.1.4): its members by their UID. */
export type ReadGroup = { name: string; members: string[] };
export type ReadCards = { contacts: ReadContact[]; groups: ReadGroup[]; unreadable: number };

const maxGroupsOfOne = 20;

/** The contacts and groups of a text of cards; `unreadable` counts cards without a name and an address. */
export function readCards(text: string): ReadCards {
  const read: ReadCards = { contacts: [], groups: [], unreadable: 0 };
  for (const lines of scanCards(text)) {
    const kind = findText(lines, 'KIND') || findText(lines, 'X-ADDRESSBOOKSERVER-KIND');
    if (kind.toLowerCase() === 'group') read.groups.push(readGroup(lines));
    else {
      const contact = readContactCard(lines);
      if (contact) read.contacts.push(contact);
      else read.unreadable++;
    }
  }
  return read;
}

function readGroup(lines: CardLine[]): ReadGroup {
  const members = lines
    .filter(({ name }) => name === 'MEMBER' || name === 'X-ADDRESSBOOKSERVER-MEMBER')
    .map(({ value }) => plainUid(value));
  return { name: findText(lines, 'FN') || findText(lines, 'N'), members };
}

/** The contact of one card, or null where it has nothing to be listed under. */
export function readContactCard(lines: CardLine[]): ReadContact | null {
  const [lastName = '', firstName = '', ...others] = splitValue(find(lines, 'N')?.value ?? '', ';');
  const whole = [others[1], firstName, others[0], lastName, others[2]].filter(Boolean).join(' ');
  const input: ContactInput = {
    name: findText(lines, 'FN') || whole,
    firstName: [firstName, others[0]].filter(Boolean).join(' '),
    lastName,
    nickname: splitValue(find(lines, 'NICKNAME')?.value ?? '', ',')[0],
    organization: splitValue(find(lines, 'ORG')?.value ?? '', ';')
      .filter(Boolean)
      .join(', '),
    title: findText(lines, 'TITLE') || findText(lines, 'ROLE'),
    note: lines
      .filter(({ name }) => name === 'NOTE')
      .map(({ value }) => unescapeValue(value))
      .join('\n'),
    addresses: sorted(lines, 'EMAIL').map((line) => ({
      address: unescapeValue(line.value).replace(/^mailto:/i, ''),
      kind: kindOf(line),
    })),
    phones: sorted(lines, 'TEL').map((line) => ({
      number: unescapeValue(line.value).replace(/^tel:/i, ''),
      kind: phoneKindOf(line),
    })),
    postal: sorted(lines, 'ADR').map(readPostal),
    birthday: findText(lines, 'BDAY'),
    website: findText(lines, 'URL'),
    photo: readPhoto(find(lines, 'PHOTO')),
  };
  try {
    const groups = lines
      .filter(({ name }) => name === 'CATEGORIES')
      .flatMap(({ value }) => splitValue(value, ','))
      .map((group) => group.trim())
      .filter((group) => group !== '' && group.toLowerCase() !== 'mycontacts');
    return {
      fields: checkContact(input),
      uid: plainUid(find(lines, 'UID')?.value ?? ''),
      groups: [...new Set(groups)].slice(0, maxGroupsOfOne),
    };
  } catch {
    return null;
  }
}

/** A UID is compared as text; URIs of it with and without "urn:uuid:" are one. */
function plainUid(value: string): string {
  return unescapeValue(value)
    .trim()
    .replace(/^urn:uuid:/i, '')
    .slice(0, 200);
}

function find(lines: CardLine[], name: string): CardLine | undefined {
  return lines.find((line) => line.name === name);
}

function findText(lines: CardLine[], name: string): string {
  return unescapeValue(find(lines, name)?.value ?? '').trim();
}

/** Lines of a name, the preferred first (PREF of RFC 6350 §5.3, TYPE=pref of RFC 2426). */
function sorted(lines: CardLine[], name: string): CardLine[] {
  const preference = (line: CardLine) => {
    if (typesOf(line).includes('pref')) return 1;
    return Number(line.parameters.get('PREF')?.[0]) || 101;
  };
  return lines
    .filter((line) => line.name === name)
    .sort((one, other) => preference(one) - preference(other));
}

function typesOf({ parameters }: CardLine): string[] {
  return (parameters.get('TYPE') ?? []).map((type) => type.toLowerCase());
}

function kindOf(line: CardLine): string {
  return typesOf(line).find((type) => type === 'home' || type === 'work') ?? '';
}

function phoneKindOf(line: CardLine): string {
  const types = typesOf(line);
  if (types.includes('cell') || types.includes('iphone')) return 'mobile';
  return types.includes('fax') ? 'fax' : kindOf(line);
}

function readPostal(line: CardLine): object {
  const [box = '', extended = '', street = '', city, region, code, country] = splitValue(
    line.value,
    ';',
  );
  const whole = [box, extended, street].filter((part) => part.trim() !== '').join('\n');
  return { street: whole, city, region, code, country, kind: kindOf(line) };
}

/** Only what stands in the card itself: nothing is fetched. */
function readPhoto(line: CardLine | undefined): { data: string } | null {
  if (!line) return null;
  const uri = /^data:image\/[\w.+-]{1,40};base64,(.*)$/is.exec(line.value);
  const encoding = line.parameters.get('ENCODING')?.[0] ?? '';
  const isInline = /^(?:b|base64)$/i.test(encoding);
  return uri || isInline ? { data: (uri?.[1] ?? line.value).replace(/\s+/g, '') } : null;
}
