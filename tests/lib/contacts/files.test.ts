// Cards and tables of other programs, SquirrelMail's files, and what we write ourselves, read again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCards } from '#lib/contacts/card.ts';
import { writeCards } from '#lib/contacts/card-text.ts';
import { checkContact } from '#lib/contacts/contact-fields.ts';
import { readTable } from '#lib/contacts/csv.ts';
import { writeTable } from '#lib/contacts/csv-text.ts';
import { readRows } from '#lib/contacts/delimited.ts';
import { readBookFile } from '#lib/contacts/import-file.ts';
import { mergeFields } from '#lib/contacts/merge.ts';
import {
  readAbook,
  readAddressTable,
  readIdentities,
  readPreferenceFile,
  readPreferenceTable,
} from '#lib/contacts/squirrelmail.ts';

const png = Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64');
const ada = checkContact({
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  nickname: 'Enchantress',
  organization: 'Analytical; Engines, Ltd',
  title: 'Countess',
  note: 'First line\nsecond, line; \\ with signs — and ünïcödé that makes the line long enough to be folded twice over',
  addresses: [
    { address: 'Ada@Example.org', kind: 'work' },
    { address: 'ada@home.example', kind: 'home' },
  ],
  phones: [
    { number: '+44 20 1234', kind: 'mobile' },
    { number: '=1+1', kind: 'work' },
  ],
  postal: [{ street: '12 St James Sq', city: 'London', code: 'SW1', country: 'UK', kind: 'home' }],
  birthday: '1815-12-10',
  website: 'https://example.org/ada',
  photo: { data: png },
});

describe('cards', () => {
  for (const version of ['3.0', '4.0'] as const) {
    it(`come back as they went, version ${version}`, () => {
      const text = writeCards([{ ...ada, uid: 'abc', groups: ['Friends', 'A, B'] }], version);
      for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
      const { contacts, unreadable } = readCards(text);
      assert.equal(unreadable, 0);
      assert.deepEqual(contacts[0]?.fields, ada);
      assert.equal(contacts[0]?.uid, 'abc');
      assert.deepEqual(contacts[0]?.groups, ['Friends', 'A, B']);
    });
  }

  for (const [why, card, expected] of [
    [
      '2.1 with quoted-printable and a soft break',
      'VERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=\r\n=F6rg\r\nTEL;CELL;VOICE:0171\r\nEMAIL;INTERNET:j@x.example',
      'Jörg Müller',
    ],
    [
      'names in groups and upper case',
      'item1.EMAIL;type=INTERNET;type=pref:J@X.example\nFN:Item One',
      'Item One',
    ],
    ['no name at all', 'EMAIL:only@x.example', 'only@x.example'],
    [
      'direction and control characters',
      'FN:Evil\u202egnp.exe\u0007\nEMAIL:e@x.example',
      'Evil gnp.exe',
    ],
    [
      'markup stays text',
      'FN:<script>alert(1)</script>\nEMAIL:e@x.example',
      '<script>alert(1)</script>',
    ],
  ] as const) {
    it(`reads ${why}`, () => {
      const { contacts } = readCards(`BEGIN:VCARD\n${card}\nEND:VCARD\n`);
      assert.equal(contacts[0]?.fields.name, expected);
    });
  }

  it('takes no photo that is not a small raster image, and fetches none', () => {
    const svg = Buffer.from('<svg onload=alert(1)>').toString('base64');
    for (const photo of [
      `PHOTO:data:image/svg+xml;base64,${svg}`,
      `PHOTO;ENCODING=b;TYPE=PNG:${svg}`,
      'PHOTO;VALUE=uri:http://evil.example/x.png',
      `PHOTO;ENCODING=b:${Buffer.from('89504e470d0a1a0a', 'hex').toString('base64')}${'A'.repeat(300_000)}`,
    ]) {
      const { contacts } = readCards(`BEGIN:VCARD\nFN:X\n${photo}\nEND:VCARD`);
      assert.equal(contacts[0]?.fields.photo, null, photo.slice(0, 40));
    }
  });

  it('reads groups by their members, counts what it cannot read, and survives nonsense', () => {
    const { contacts, groups, unreadable } = readCards(
      'BEGIN:VCARD\nUID:urn:uuid:1\nFN:One\nEND:VCARD\nBEGIN:VCARD\nKIND:group\nFN:All\nMEMBER:urn:uuid:1\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN',
    );
    assert.equal(contacts[0]?.uid, '1');
    assert.deepEqual(groups, [{ name: 'All', members: ['1'] }]);
    assert.equal(unreadable, 2);
    const deep = `BEGIN:VCARD\nFN:Deep\n${'X;'.repeat(50_000)}:\nURL:javascript:alert(1)\n${'NOTE:x\n'.repeat(5000)}END:VCARD`;
    const read = readCards(deep).contacts[0];
    assert.equal(read?.fields.website, '');
    assert.ok((read?.fields.note.length ?? 0) <= 10_000);
  });
});

describe('tables', () => {
  it('come back as they went, but for photos', () => {
    const text = writeTable([{ ...ada, groups: ['Friends', 'Poets'] }]);
    assert.match(text, /'=1\+1/, 'a spreadsheet must not calculate');
    const { contacts, unreadable } = readTable(text);
    assert.equal(unreadable, 0);
    const { photo: _photo, addresses: _a, ...rest } = ada;
    const read = contacts[0]?.fields;
    assert.deepEqual(contacts[0]?.groups, ['Friends', 'Poets']);
    assert.deepEqual(
      read?.addresses.map(({ address }) => address),
      ['ada@example.org', 'ada@home.example'],
    );
    for (const [key, value] of Object.entries(rest)) {
      assert.deepEqual(
        key === 'phones' ? read?.phones.toReversed() : read?.[key as keyof typeof rest],
        value,
        key,
      );
    }
  });

  for (const [program, text, expected] of [
    [
      'Thunderbird',
      'First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Work Phone,Birth Year,Birth Month,Birth Day,Notes\r\nAda,L,Ada L,,a@x.example,b@x.example,12,1815,12,10,"two\nlines"',
      {
        name: 'Ada L',
        addresses: ['a@x.example', 'b@x.example'],
        birthday: '1815-12-10',
        note: 'two\nlines',
      },
    ],
    [
      'Google',
      'Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Organization 1 - Name\nAda L,Ada,L,* myContacts ::: Poets,* Work,a@x.example ::: c@x.example,b@x.example,Engines',
      {
        name: 'Ada L',
        addresses: ['a@x.example', 'c@x.example', 'b@x.example'],
        organization: 'Engines',
      },
    ],
    [
      'Outlook',
      '"Title","First Name","Last Name","Company","E-mail Address","E-mail 2 Address","Business Phone","Birthday"\n"","Ada","L","Engines","a@x.example","b@x.example","12","12/10/1815"',
      { name: 'Ada L', addresses: ['a@x.example', 'b@x.example'], birthday: '1815-12-10' },
    ],
    ['semicolons', 'Name;E-mail\nAda L;a@x.example', { name: 'Ada L', addresses: ['a@x.example'] }],
    [
      'headings of another language',
      'Vorname,Nachname,Mailadresse\nAda,L,a@x.example',
      { name: 'Ada L', addresses: ['a@x.example'] },
    ],
    [
      'no headings',
      'Ada L,a@x.example\nBob,b@x.example',
      { name: 'Ada L', addresses: ['a@x.example'] },
    ],
  ] as const) {
    it(`of ${program}`, () => {
      const { contacts } = readTable(text);
      const fields = contacts[0]?.fields;
      assert.equal(fields?.name, expected.name);
      assert.deepEqual(
        fields?.addresses.map(({ address }) => address),
        expected.addresses,
      );
      if ('birthday' in expected) assert.equal(fields?.birthday, expected.birthday);
      if ('note' in expected) assert.equal(fields?.note, expected.note);
      if ('organization' in expected) assert.equal(fields?.organization, expected.organization);
    });
  }

  it('are cut into cells', () => {
    for (const [text, rows] of [
      [
        'a,b\r\nc,d',
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
      ['"a ""b""",c', [['a "b"', 'c']]],
      ['"open', [['open']]],
      ['"a"b,c', [['a', 'c']]],
      ['\n\n,\n', []],
    ] as const) {
      assert.deepEqual(readRows(text, ','), rows, text);
    }
  });
});

describe('SquirrelMail', () => {
  it('address books in files', () => {
    const { contacts, unreadable } = readAbook(
      'ada|Ada|Lovelace|ada@example.org|poet\nb|"Bob | Co"|""|bob@x.example,bob2@x.example|\nbroken||||\n|||\n',
    );
    assert.deepEqual(
      contacts.map(({ fields }) => [
        fields.nickname,
        fields.name,
        fields.addresses.length,
        fields.note,
      ]),
      [
        ['ada', 'Ada Lovelace', 1, 'poet'],
        ['b', 'Bob | Co', 2, ''],
        ['broken', 'broken', 0, ''],
      ],
    );
    assert.equal(unreadable, 0);
    assert.equal(
      readBookFile(Buffer.from('ada|Ada|L|a@x.example|\n'), 'x.txt', '').format,
      'squirrelmail',
    );
  });

  it('address books and options in database exports', () => {
    const dump =
      "-- x\nINSERT INTO `address` VALUES ('ada','bo','Bo','O\\'Hara','bo@x.example','a;b'),('eve','z','Z','','z@x.example',NULL);\nINSERT INTO \"address\" (\"owner\",\"nickname\",\"firstname\",\"lastname\",\"email\",\"label\") VALUES ('ada','it''s','I','T','it@x.example','');\nCOPY public.address (owner, nickname, firstname, lastname, email, label) FROM stdin;\nada\tcp\tCo\tPy\tcp@x.example\t\\N\n\\.\nINSERT INTO userprefs (user, prefkey, prefval) VALUES ('ada','full_name','Ada L');";
    const books = readAddressTable(dump);
    assert.deepEqual(
      books.get('ada')?.contacts.map(({ fields }) => fields.name),
      ["Bo O'Hara", 'I T', 'Co Py'],
    );
    assert.equal(books.get('eve')?.contacts.length, 1);
    assert.equal(readPreferenceTable(dump).get('ada')?.get('full_name'), 'Ada L');
    assert.equal(readBookFile(Buffer.from(dump), 'dump.sql', 'ada@example.org').contacts.length, 3);
  });

  it('identities with their signatures', () => {
    const preferences = readPreferenceFile(
      'full_name=Ada L\nemail_address=ada@example.org\nidentities=2\nfull_name1=Countess\nemail_address1=c@example.org\nreply_to1=r@example.org\nuse_signature=1\n',
    );
    assert.deepEqual(
      readIdentities(
        preferences,
        new Map([
          [0, 'Bye\nAda'],
          [1, 'C.'],
        ]),
      ),
      [
        { name: 'Ada L', address: 'ada@example.org', replyTo: '', signature: 'Bye\nAda' },
        { name: 'Countess', address: 'c@example.org', replyTo: 'r@example.org', signature: 'C.' },
      ],
    );
  });
});

describe('merging', () => {
  it('loses nothing', () => {
    const other = checkContact({
      name: 'ada@example.org',
      addresses: ['ada@example.org', 'new@x.example'],
      note: 'more',
      phones: ['+44201234'],
    });
    const merged = mergeFields(other, ada);
    assert.equal(merged.name, 'Ada Lovelace', 'an address is no name');
    assert.deepEqual(
      merged.addresses.map(({ address }) => address),
      ['ada@example.org', 'new@x.example', 'ada@home.example'],
    );
    assert.equal(merged.phones.length, 2);
    assert.match(merged.note, /^more\n\nFirst line/);
  });
});
