// The advanced form: criteria to text and back; what the box suggests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Criteria,
  type Criterion,
  emptyCriterion,
  readCriteria,
  readPlaceOf,
  withPlace,
  writeQuery,
} from '#components/mail/search/criteria.ts';
import { readLastWord, readPerson, suggestSearch } from '#components/mail/search/suggest.ts';

const criterion = (part: Partial<Criterion>): Criterion => ({ ...emptyCriterion, ...part });
const make = (list: Partial<Criterion>[], rest: Partial<Criteria> = {}): Criteria => ({
  list: list.map(criterion),
  where: 'here',
  folders: [],
  ...rest,
});

const written: [why: string, criteria: Criteria, text: string][] = [
  ['nothing', make([{}]), ''],
  ['a word', make([{ value: 'lake' }]), 'lake'],
  [
    'words are one phrase',
    make([{ field: 'subject', value: 'lake house' }]),
    'subject:"lake house"',
  ],
  [
    'and, or, not',
    make([
      { field: 'from', value: 'ann' },
      { join: 'or', field: 'from', value: 'ben' },
      { isNegated: true, field: 'is', value: 'read' },
    ]),
    'from:ann OR from:ben -is:read',
  ],
  ['below', make([{ value: 'a' }], { where: 'below' }), 'a in:here/*'],
  [
    'all but some',
    make([{ value: 'a' }], {
      where: 'all',
      folders: [{ path: 'Lake house', isBelow: true, isLeftOut: true }],
    }),
    'a in:all -in:"Lake house/*"',
  ],
  [
    'chosen ones',
    make([{ value: 'a' }], {
      where: 'chosen',
      folders: [
        { path: 'Work', isBelow: false, isLeftOut: false },
        { path: 'Work/Old', isBelow: false, isLeftOut: true },
      ],
    }),
    'a in:Work -in:Work/Old',
  ],
  [
    'days and sizes',
    make([
      { field: 'after', value: '2026-01-31' },
      { field: 'larger', value: '5M' },
    ]),
    'after:2026-01-31 larger:5M',
  ],
];

describe('the advanced form', () => {
  for (const [why, criteria, text] of written) {
    it(`writes ${why}`, () => assert.equal(writeQuery(criteria), text));
    it(`reads ${why}`, () => {
      const list = criteria.list.filter(({ value }) => value !== '');
      assert.deepEqual(readCriteria(text), { ...criteria, list });
    });
  }

  it('says where it cannot show a search', () => {
    assert.equal(readCriteria('(a b) OR c'), null);
    assert.equal(readCriteria('in:Work OR a'), null);
  });

  it('changes where a text looks', () => {
    assert.equal(withPlace('a in:Work b', 'all'), 'a b in:all');
    assert.equal(withPlace('a in:all', 'here'), 'a');
    assert.equal(withPlace('a -in:Work', 'below'), 'a in:here/*');
    assert.deepEqual(
      ['a', 'a in:all', 'in:here/* a', 'in:Work', 'in:all -in:Work'].map(readPlaceOf),
      ['here', 'all', 'below', null, null],
    );
  });
});

const known = {
  folders: [
    { path: 'INBOX', name: 'Inbox' },
    { path: 'Projects/Lake house', name: 'Lake house' },
  ],
  labels: [{ name: 'Important' }, { name: 'To do' }],
  people: [{ name: 'Ann Lee', address: 'ann@example.test' }],
  recent: ['from:ann is:unread', 'lake'],
  describe: (kind: string, name: string) => `${kind} ${name}`,
};
const titles = (text: string) => suggestSearch(text, known).map(({ title }) => title);

describe('suggestions of the search box', () => {
  it('begins with recent searches and operators', () => {
    assert.deepEqual(titles('').slice(0, 3), ['from:ann is:unread', 'lake', 'from:']);
  });

  const cases: [text: string, title: string, next: string][] = [
    ['nuts fro', 'from:', 'nuts from:'],
    ['nuts -lab', 'label:', 'nuts -label:'],
    ['from:an', 'from:ann@example.test', 'from:ann@example.test '],
    ['x in:la', 'in:"Projects/Lake house"', 'x in:"Projects/Lake house" '],
    ['in:al', 'in:all', 'in:all '],
    ['label:to', 'label:"To do"', 'label:"To do" '],
    ['is:unr', 'is:unread', 'is:unread '],
    ['after:7', 'after:7d', 'after:7d '],
    ['label:"to d', 'label:"To do"', 'label:"To do" '],
  ];
  for (const [text, title, next] of cases) {
    it(`offers ${title} for ${text}`, () => {
      const found = suggestSearch(text, known).find((each) => each.title === title);
      assert.equal(found?.text, next);
    });
  }

  it('asks for people only where one may be meant', () => {
    assert.deepEqual(['a', 'an', 'x from:a', 'subject:an', 'is:', 'ann '].map(readPerson), [
      '',
      'an',
      'a',
      '',
      '',
      '',
    ]);
  });

  it('knows the last word', () => {
    assert.deepEqual(readLastWord('a -from:"Ann L'), {
      before: 'a -',
      operator: 'from',
      value: 'Ann L',
    });
    assert.deepEqual(readLastWord('a "b c"'), { before: 'a "b c"', operator: null, value: '' });
  });
});
