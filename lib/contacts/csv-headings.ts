// What the headings of address tables mean: those of Thunderbird, Google, Outlook, ours, and their like. Pure.

/** Where a column goes; `index` tells the first telephone or postal address from the second. */
export type Column =
  | { field: 'name' | 'firstName' | 'lastName' | 'nickname' | 'organization' | 'title' | 'note' }
  | {
      field: 'website' | 'birthday' | 'birthYear' | 'birthMonth' | 'birthDay' | 'groups' | 'middle';
    }
  | { field: 'address'; index: number; kind: string }
  | { field: 'addressKind'; index: number }
  | { field: 'phone'; index: number; kind: string }
  | { field: 'phoneKind'; index: number }
  | {
      field: 'postal';
      index: number;
      kind: string;
      part: 'street' | 'city' | 'region' | 'code' | 'country';
    }
  | { field: 'postalKind'; index: number };

/** Headings without their spaces and signs, in lower case. */
const plain: Record<string, Column> = {
  name: { field: 'name' },
  fullname: { field: 'name' },
  displayname: { field: 'name' },
  fileas: { field: 'name' },
  firstname: { field: 'firstName' },
  givenname: { field: 'firstName' },
  forename: { field: 'firstName' },
  lastname: { field: 'lastName' },
  familyname: { field: 'lastName' },
  surname: { field: 'lastName' },
  middlename: { field: 'middle' },
  additionalname: { field: 'middle' },
  nickname: { field: 'nickname' },
  alias: { field: 'nickname' },
  company: { field: 'organization' },
  organization: { field: 'organization' },
  organisation: { field: 'organization' },
  organizationname: { field: 'organization' },
  organization1name: { field: 'organization' },
  title: { field: 'title' },
  jobtitle: { field: 'title' },
  organizationtitle: { field: 'title' },
  organization1title: { field: 'title' },
  notes: { field: 'note' },
  note: { field: 'note' },
  info: { field: 'note' },
  comment: { field: 'note' },
  label: { field: 'note' },
  webpage: { field: 'website' },
  webpage1: { field: 'website' },
  website: { field: 'website' },
  website1value: { field: 'website' },
  personalwebpage: { field: 'website' },
  birthday: { field: 'birthday' },
  birthyear: { field: 'birthYear' },
  birthmonth: { field: 'birthMonth' },
  birthday1: { field: 'birthDay' },
  groups: { field: 'groups' },
  categories: { field: 'groups' },
  labels: { field: 'groups' },
  groupmembership: { field: 'groups' },
  email: { field: 'address', index: 1, kind: '' },
  mail: { field: 'address', index: 1, kind: '' },
  address: { field: 'address', index: 1, kind: '' },
  emailaddress: { field: 'address', index: 1, kind: '' },
  primaryemail: { field: 'address', index: 1, kind: '' },
  secondaryemail: { field: 'address', index: 2, kind: '' },
  mobile: { field: 'phone', index: 3, kind: 'mobile' },
  mobilenumber: { field: 'phone', index: 3, kind: 'mobile' },
  mobilephone: { field: 'phone', index: 3, kind: 'mobile' },
  phone: { field: 'phone', index: 1, kind: '' },
  telephone: { field: 'phone', index: 1, kind: '' },
  primaryphone: { field: 'phone', index: 1, kind: '' },
  workphone: { field: 'phone', index: 2, kind: 'work' },
  businessphone: { field: 'phone', index: 2, kind: 'work' },
  businessphone2: { field: 'phone', index: 5, kind: 'work' },
  homephone: { field: 'phone', index: 4, kind: 'home' },
  homephone2: { field: 'phone', index: 6, kind: 'home' },
  faxnumber: { field: 'phone', index: 7, kind: 'fax' },
  businessfax: { field: 'phone', index: 7, kind: 'fax' },
};

const parts: Record<string, 'street' | 'city' | 'region' | 'code' | 'country'> = {
  street: 'street',
  address: 'street',
  address2: 'street',
  street2: 'street',
  street3: 'street',
  extendedaddress: 'street',
  city: 'city',
  state: 'region',
  region: 'region',
  province: 'region',
  zipcode: 'code',
  postalcode: 'code',
  zip: 'code',
  country: 'country',
  countryregion: 'country',
};

/** What a heading means, or null. */
export function readHeading(typed: string): Column | null {
  // Thunderbird tells the day of birth from the birthday by the column's name alone.
  if (/^\s*birth day\s*$/i.test(typed)) return { field: 'birthDay' };
  const heading = typed
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  return plain[heading] ?? readNumbered(heading) ?? readPlace(heading);
}

/** "E-mail 2 - Value", "E-mail 2 Address", "Phone 1 - Type", "Address 1 - City" */
function readNumbered(heading: string): Column | null {
  const match = /^(email|phone|address)(\d{1,2})(value|address|type|label|.*)$/.exec(heading);
  if (!match) return null;
  const [, what, number, rest = ''] = match;
  const index = Number(number);
  const isKind = rest === 'type' || rest === 'label';
  if (what === 'address') {
    if (isKind) return { field: 'postalKind', index };
    const part = parts[rest];
    return part ? { field: 'postal', index, kind: '', part } : null;
  }
  if (isKind) return { field: what === 'email' ? 'addressKind' : 'phoneKind', index };
  if (rest !== 'value' && rest !== 'address' && rest !== '') return null;
  return { field: what === 'email' ? 'address' : 'phone', index, kind: '' };
}

/** "Home City", "Business Postal Code", "Work ZipCode" */
function readPlace(heading: string): Column | null {
  const match = /^(home|work|business|other)(.+)$/.exec(heading);
  const part = match?.[2] ? parts[match[2]] : undefined;
  if (!part) return null;
  const kind = match?.[1] === 'home' ? 'home' : match?.[1] === 'other' ? '' : 'work';
  return {
    field: 'postal',
    index: kind === 'home' ? 101 : kind === 'work' ? 102 : 103,
    kind,
    part,
  };
}
