// What a new password may be: one row a reason.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findFault } from '#lib/accounts/password-policy.ts';

const owner = { address: 'anna.berg@fichtenhof.example', displayName: 'Anna Berg-Olsen' };
const limits = { shortest: 8, mayBeCommon: false };

const refused: [string, string, RegExp][] = [
  ['seven77', 'is too short', /at least 8/],
  ['ä'.repeat(600), 'has too many bytes', /at most 1024 bytes/],
  ['password', 'is the first of all', /tries first/],
  ['Password1!', 'is that with decoration', /tries first/],
  ['P@ssw0rd', 'is that in other signs', /tries first/],
  ['p4ssw0rd123', 'is both', /tries first/],
  ['!!Summer2024', 'is a season and a year', /tries first/],
  ['l i v e r p o o l', 'is a word with blanks', /tries first/],
  ['Ｐａｓｓｗｏｒｔ１', 'is a word in wide letters', /tries first/],
  ['M1chael1', 'is a name', /tries first/],
  ['dragondragon', 'is a word twice', /tries first/],
  ['qwertyuiop', 'is a row of keys', /tries first/],
  ['asdf1234', 'is two rows of keys', /tries first/],
  ['1qaz2wsx', 'goes up and down the keys', /tries first/],
  ['abcdefgh1', 'is the alphabet', /tries first/],
  ['98765432', 'counts down', /tries first/],
  ['01.02.1990', 'is a date', /tries first/],
  ['0170 5551234', 'is a telephone', /tries first/],
  ['aaaaaaaaaaaa', 'has one letter', /tries first/],
  ['xyzxyzxyzxyz', 'has three letters', /tries first/],
  ['annaberg99', 'has the name', /address or the name/],
  ['x-anna.berg@fichtenhof.example-x', 'has the address', /address or the name/],
  ['FichtenHof-77-lamp', 'has the domain', /address or the name/],
  ['my olsen 2024', 'has a part of the name', /address or the name/],
];

describe('the password policy', () => {
  for (const [password, why, text] of refused) {
    it(`refuses what ${why}`, () => {
      assert.match(findFault(password, owner, limits) ?? 'fine', text);
    });
  }

  for (const password of [
    'correct horse battery',
    'three quiet squirrels',
    'tr0ub4dor&3',
    'Xk7pQ9vL',
    'zebra lamp stone',
    'fc bayern 1900',
    'ab12cd34ef',
    'ein sehr langer satz über nichts',
    '漢字だけのパスワード',
  ]) {
    it(`takes "${password}"`, () => assert.equal(findFault(password, owner, limits), null));
  }

  it('lets a part of the address stand in a long password', () => {
    const anna = { address: 'anna@nest.test' };
    assert.equal(findFault('a nest of seven nuts', anna, limits), null);
    const ada = { address: 'ada@example.test' };
    assert.equal(findFault('ada her password', ada, limits), null);
    assert.match(findFault('ada12345', ada, limits) ?? '', /address or the name/);
  });

  it('asks for length alone where the setting is off', () => {
    const lax = { shortest: 8, mayBeCommon: true };
    assert.equal(findFault('password', owner, lax), null);
    assert.match(findFault('passwor', owner, lax) ?? '', /at least 8/);
  });
});
