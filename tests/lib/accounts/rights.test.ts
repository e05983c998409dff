// The letters of RFC 4314, and what entries of an access control list mean together.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addRights,
  allRights,
  combineRights,
  formatRights,
  hasAnyRight,
  hasRights,
  membershipRights,
  parseRights,
  type RightsEntry,
  removeRights,
} from '#lib/accounts/rights.ts';

describe('rights', () => {
  const written: [string, string | null, string][] = [
    ['', '', 'none'],
    ['rl', 'lr', 'in the order of the standard'],
    ['llrr', 'lr', 'each once'],
    ['c', 'kx', 'former letter (§2.1.1)'],
    ['d', 'te', 'former letter (§2.1.1)'],
    ['lrswipcda', 'lrswipkxtea', 'everything by former letters'],
    ['L', null, 'upper case is not allowed (§3.1)'],
    ['lrq', null, 'no such right'],
    ['n', null, 'RFC 5257, which is not here'],
    ['1', null, 'digits are for sites'],
    ['l r', null, 'a space'],
    ['constructor', null, 'a word that objects know'],
  ];
  for (const [text, rights, why] of written) {
    it(`reads "${text}": ${why}`, () => assert.equal(parseRights(text), rights));
  }

  it('are told with the former letters where one of their members is there', () => {
    assert.equal(formatRights('lr'), 'lr');
    assert.equal(formatRights('lrk'), 'lrkc');
    assert.equal(formatRights('lrt'), 'lrtd');
    assert.equal(formatRights(allRights), 'lrswipkxteacd');
  });

  it('are added and removed', () => {
    assert.equal(addRights('lt', 'ra'), 'lrta');
    assert.equal(removeRights('lrswt', 'sx'), 'lrwt');
    assert.equal(hasRights('lr', ''), true);
    assert.equal(hasRights('lr', 'rs'), false);
    assert.equal(hasAnyRight('lr', 'sr'), true);
    assert.equal(hasAnyRight('', allRights), false);
  });

  const entry = (identifier: string, rights: string): RightsEntry => ({ identifier, rights });
  const read = membershipRights({ mayWrite: false });
  const cases: [string, string, RightsEntry[], boolean, string][] = [
    ['nothing gives nothing', '', [], true, ''],
    ['an entry', '', [entry('me', 'lr')], false, 'lr'],
    ['of somebody else', '', [entry('you', 'lr')], true, ''],
    ['anyone adds', '', [entry('me', 'l'), entry('anyone', 'r')], true, 'lr'],
    ['unless it is not allowed', '', [entry('me', 'l'), entry('anyone', 'r')], false, 'l'],
    ['a negative one takes', '', [entry('me', 'lrs'), entry('-me', 'rs')], true, 'l'],
    ['wherever it stands', '', [entry('-me', 'r'), entry('me', 'lr')], true, 'l'],
    ['from anyone too', '', [entry('-me', 'r'), entry('anyone', 'lr')], true, 'l'],
    ['a negative anyone always', '', [entry('-anyone', 'r'), entry('me', 'lr')], false, 'l'],
    ['a membership', read, [], false, 'lrs'],
    ['with more', read, [entry('me', 'w')], false, 'lrsw'],
    ['with less', read, [entry('-me', 'l')], false, 'rs'],
    ['an id that begins with another', '', [entry('me2', 'lr'), entry('m', 'lr')], true, ''],
  ];
  for (const [why, membership, entries, mayAnyone, rights] of cases) {
    it(`combine: ${why}`, () =>
      assert.equal(combineRights('me', membership, entries, mayAnyone), rights));
  }
});
