// What a contact may hold: its fields brought into form and within limits, whoever wrote them (a form, a file, a card).
// Pure. Invariant: what leaves checkContact() fits the columns and holds no control characters.
import { Refusal } from '../errors.ts';
import { canonicalAddress } from '../mail/address.ts';
import { cleanLine, cleanText } from './clean.ts';
import { checkPhoto, type Photo } from './photo.ts';

export type ContactAddress = { address: string; kind: Kind };
export type Phone = { number: string; kind: Kind | 'mobile' | 'fax' };
export type Postal = {
  street: string;
  city: string;
  region: string;
  code: string;
  country: string;
  kind: Kind;
};
export type Kind = '' | 'home' | 'work';
export type ContactFields = {
  name: string;
  nickname: string;
  firstName: string;
  lastName: string;
  organization: string;
  /** What the person does there */
  title: string;
  note: string;
  /** The first is the one written to */
  addresses: ContactAddress[];
  phones: Phone[];
  postal: Postal[];
  /** "1815-12-10", "--12-10" without a year, or empty */
  birthday: string;
  website: string;
  photo: Photo | null;
};
/** Anything in the shape of ContactFields; every field may be missing or wrong. */
export type ContactInput = { [K in keyof ContactFields]?: unknown };

export const contactLimits = { addresses: 20, phones: 20, postal: 10, note: 10_000 } as const;

/**
 * The fields in form. Addresses that are none are left out, or refused where `isStrict`. Refusal 'invalid' where
 * nothing is left to list it under.
 */
export function checkContact(input: ContactInput, isStrict = false): ContactFields {
  const text = (key: keyof ContactInput, max = 200) => cleanLine(textOf(input[key]), max);
  const fields: ContactFields = {
    name: text('name'),
    nickname: text('nickname', 100),
    firstName: text('firstName', 100),
    lastName: text('lastName', 100),
    organization: text('organization'),
    title: text('title'),
    note: cleanText(textOf(input.note), contactLimits.note),
    addresses: checkAddresses(input.addresses, isStrict),
    phones: checkPhones(input.phones),
    postal: checkPostal(input.postal),
    birthday: checkBirthday(textOf(input.birthday)),
    website: checkWebsite(text('website', 500)),
    photo: checkPhoto(input.photo, isStrict),
  };
  fields.name ||= makeName(fields);
  if (fields.name === '') throw new Refusal('invalid', 'Give a name or an address.', 'name');
  return fields;
}

/** What a contact without a name is listed under. */
function makeName(fields: ContactFields): string {
  const whole = [fields.firstName, fields.lastName].filter(Boolean).join(' ');
  return whole || fields.nickname || fields.organization || fields.addresses[0]?.address || '';
}

function checkAddresses(input: unknown, isStrict: boolean): ContactAddress[] {
  const found = new Map<string, ContactAddress>();
  for (const item of listOf(input).slice(0, contactLimits.addresses * 2)) {
    const { address, kind } = recordOf(typeof item === 'string' ? { address: item } : item);
    const typed = textOf(address).trim();
    if (typed === '') continue;
    const canonical = canonicalAddress(typed);
    if (canonical) found.set(canonical, { address: canonical, kind: checkKind(kind) });
    else if (isStrict) {
      const shown = typed.slice(0, 100);
      throw new Refusal('invalid', `"${shown}" is not an address.`, 'addresses');
    }
  }
  return [...found.values()].slice(0, contactLimits.addresses);
}

function checkPhones(input: unknown): Phone[] {
  return listOf(input)
    .slice(0, contactLimits.phones)
    .flatMap((item) => {
      const { number, kind } = recordOf(typeof item === 'string' ? { number: item } : item);
      const clean = cleanLine(textOf(number), 60);
      const known = kind === 'mobile' || kind === 'fax' ? kind : checkKind(kind);
      return clean === '' ? [] : [{ number: clean, kind: known }];
    });
}

function checkPostal(input: unknown): Postal[] {
  return listOf(input)
    .slice(0, contactLimits.postal)
    .flatMap((item) => {
      const given = recordOf(item);
      const text = (key: keyof Postal) => cleanLine(textOf(given[key]), 200);
      const postal = {
        street: cleanText(textOf(given.street), 300),
        city: text('city'),
        region: text('region'),
        code: text('code'),
        country: text('country'),
      };
      const isEmpty = Object.values(postal).every((value) => value === '');
      return isEmpty ? [] : [{ ...postal, kind: checkKind(given.kind) }];
    });
}

function checkKind(kind: unknown): Kind {
  return kind === 'home' || kind === 'work' ? kind : '';
}

/** "1815-12-10", "18151210", "--12-10", "--1210", also with a time behind it; else empty. */
function checkBirthday(text: string): string {
  const match = /^\s*(\d{4}|--)-?(\d{2})-?(\d{2})(?:[T ].{0,40})?\s*$/.exec(text.slice(0, 60));
  if (!match) return '';
  const [, year = '', month = '', day = ''] = match;
  // A leap year stands in for the missing one.
  const date = new Date(
    Date.UTC(year === '--' ? 2000 : Number(year), Number(month) - 1, Number(day)),
  );
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isDay) return '';
  return year === '--' ? `--${month}-${day}` : `${year}-${month}-${day}`;
}

/** Shown as a link: nothing but http and https. */
function checkWebsite(text: string): string {
  if (text === '') return '';
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href.slice(0, 500) : '';
  } catch {
    return '';
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
