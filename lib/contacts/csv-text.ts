// A table of contacts (CSV, RFC 4180) with headings that Thunderbird, Google and Outlook know. Pure.
import { writeCsvLine } from '../csv-cell.ts';
import type { ContactFields, Phone } from './contact-fields.ts';

type Written = ContactFields & { groups?: string[] };

const headings = [
  ...['Name', 'First Name', 'Last Name', 'Nickname', 'Organization', 'Job Title'],
  ...['E-mail 1 - Value', 'E-mail 2 - Value', 'E-mail 3 - Value', 'E-mail 4 - Value'],
  ...['Mobile Phone', 'Work Phone', 'Home Phone', 'Primary Phone', 'Fax Number'],
  ...['Home Street', 'Home City', 'Home State', 'Home Postal Code', 'Home Country'],
  ...['Work Street', 'Work City', 'Work State', 'Work Postal Code', 'Work Country'],
  ...['Web Page', 'Birthday', 'Notes', 'Groups'],
];
const maxAddressColumns = 4;

/** The contacts as a table, CRLF lines. What has no column (a fifth address, photos) is left out. */
export function writeTable(contacts: readonly Written[]): string {
  return [headings, ...contacts.map(writeRow)].map(writeCsvLine).join('');
}

function writeRow(contact: Written): string[] {
  const { name, firstName, lastName, nickname, organization, title } = contact;
  const addresses = Array.from(
    { length: maxAddressColumns },
    (_, i) => contact.addresses[i]?.address ?? '',
  );
  // The rest stands together in the last column.
  const more = contact.addresses.slice(maxAddressColumns).map(({ address }) => address);
  if (more.length > 0) addresses[3] = [addresses[3], ...more].join(' ::: ');
  const phone = (kind: Phone['kind']) =>
    contact.phones.find((each) => each.kind === kind)?.number ?? '';
  return [
    ...[name, firstName, lastName, nickname, organization, title],
    ...addresses,
    ...[phone('mobile'), phone('work'), phone('home'), phone(''), phone('fax')],
    ...writePostal(contact, 'home'),
    ...writePostal(contact, 'work'),
    ...[contact.website, contact.birthday, contact.note, (contact.groups ?? []).join(' ::: ')],
  ];
}

function writePostal(contact: Written, kind: 'home' | 'work'): string[] {
  const fits = (each: { kind: string }) => each.kind === kind || (kind === 'home' && !each.kind);
  const postal = contact.postal.find(fits);
  const { street = '', city = '', region = '', code = '', country = '' } = postal ?? {};
  return [street, city, region, code, country];
}
