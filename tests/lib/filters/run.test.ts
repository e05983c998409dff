// Rules against messages: pure, each row says what it is about.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FilterMessage, readFilterMessage } from '#lib/filters/message.ts';
import {
  type Condition,
  conditionSchema,
  type Rule,
  readRule,
  ruleSchema,
} from '#lib/filters/rule.ts';
import { fitsRule, runRules } from '#lib/filters/run.ts';

const header = [
  'From: "Ärzte, Dr." <Doc@Clinic.example>',
  'To: Ada <ada@example.org>, bob@example.org',
  'Cc: =?utf-8?Q?Zo=C3=AB?= <zoe@far.test>',
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= from the lake',
  'List-Id: Walkers of the hills <walkers.hills.example>',
  'X-Priority: 1',
  'X-Priority: 5',
  '',
  '',
].join('\r\n');

const message = (change: Partial<Parameters<typeof readFilterMessage>[0]> = {}): FilterMessage =>
  readFilterMessage({
    header: Buffer.from(header),
    bodyText: 'The boat leaves at NINE.',
    sizeBytes: 50 * 1024,
    hasAttachments: true,
    isContact: false,
    isSpam: false,
    ...change,
  });

const condition = (input: object): Condition => conditionSchema.parse(input);
const rule = (change: object): Rule => ({
  ...ruleSchema.parse({ name: 'r', conditions: [], actions: [{ do: 'flag' }], ...change }),
  id: 'r',
});

describe('a condition', () => {
  const cases: [string, object, boolean][] = [
    ['address, any case', { field: 'from', test: 'is', value: 'doc@CLINIC.example' }, true],
    ['decoded name', { field: 'from', test: 'contains', value: 'ärzte' }, true],
    ['decomposed letters', { field: 'from', test: 'contains', value: 'A\u0308rzte' }, true],
    ['not', { field: 'from', test: 'contains', value: 'ärzte', isNot: true }, false],
    ['second address of To', { field: 'to', test: 'is', value: 'bob@example.org' }, true],
    ['part of an address is not it', { field: 'to', test: 'is', value: 'bob@example' }, false],
    ['Cc is not To', { field: 'to', test: 'contains', value: 'zoe' }, false],
    ['To or Cc', { field: 'recipient', test: 'starts', value: 'Zoë' }, true],
    ['start of the subject', { field: 'subject', test: 'starts', value: 'grüsse' }, false],
    ['end of the subject', { field: 'subject', test: 'ends', value: 'LAKE' }, true],
    ['wildcards fit the whole', { field: 'subject', test: 'matches', value: 'gr?ße*lake' }, true],
    ['a wildcard alone', { field: 'subject', test: 'matches', value: 'lake' }, false],
    ['list id in brackets', { field: 'list', test: 'is', value: 'walkers.hills.example' }, true],
    ['list words', { field: 'list', test: 'contains', value: 'of the hills' }, true],
    [
      'any of a header twice',
      { field: 'header', name: 'x-PRIORITY', test: 'is', value: '5' },
      true,
    ],
    ['a missing header', { field: 'header', name: 'x-none', test: 'contains', value: '1' }, false],
    [
      'a missing header lacks',
      { field: 'header', name: 'x-none', test: 'is', value: '1', isNot: true },
      true,
    ],
    ['text', { field: 'body', test: 'contains', value: 'nine' }, true],
    ['larger', { field: 'size', test: 'over', kilobytes: 49 }, true],
    ['not larger', { field: 'size', test: 'over', kilobytes: 50 }, false],
    ['smaller', { field: 'size', test: 'under', kilobytes: 51 }, true],
    ['attachment', { field: 'attachment' }, true],
    ['no attachment', { field: 'attachment', isNot: true }, false],
    ['not in the address book', { field: 'contact', isNot: true }, true],
    ['spam', { field: 'spam' }, false],
  ];
  for (const [name, input, fits] of cases) {
    it(`${name}: ${fits}`, () => {
      const rule = { match: 'all' as const, conditions: [condition(input)] };
      assert.equal(fitsRule(rule, message()), fits);
    });
  }

  it('all, any, none', () => {
    const conditions = [
      condition({ field: 'to', test: 'contains', value: 'ada' }),
      condition({ field: 'to', test: 'contains', value: 'nobody' }),
    ];
    assert.equal(fitsRule({ match: 'all', conditions }, message()), false);
    assert.equal(fitsRule({ match: 'any', conditions }, message()), true);
    assert.equal(fitsRule({ match: 'any', conditions: [] }, message()), true);
  });
});

describe('rules', () => {
  it('run in their order: the first place counts, the rest adds up', () => {
    const outcome = runRules(
      [
        rule({
          name: 'one',
          actions: [
            { do: 'move', folder: 'A' },
            { do: 'label', keyword: 'work' },
          ],
        }),
        rule({ name: 'off', isDisabled: true, actions: [{ do: 'trash' }] }),
        rule({
          name: 'two',
          actions: [{ do: 'move', folder: 'B' }, { do: 'copy', folder: 'C' }, { do: 'read' }],
        }),
        rule({
          name: 'three',
          actions: [{ do: 'forward', address: 'Eve@FAR.test', isKept: false }],
        }),
      ],
      message(),
    );
    assert.deepEqual(outcome, {
      place: { folder: 'A' },
      copies: ['C'],
      isRead: true,
      isFlagged: false,
      keywords: ['work'],
      forwards: ['eve@far.test'],
      isForwardOnly: true,
      isWanted: false,
      rules: ['one', 'two', 'three'],
    });
  });

  it('end at the last one that fits', () => {
    const rules = [rule({ name: 'one', isLast: true }), rule({ name: 'two' })];
    assert.deepEqual(runRules(rules, message()).rules, ['one']);
  });

  it('leave junk in Junk, and never forward it', () => {
    const rules = [
      rule({ actions: [{ do: 'move', folder: 'A' }, { do: 'copy', folder: 'B' }, { do: 'flag' }] }),
      rule({ actions: [{ do: 'forward', address: 'eve@far.test' }] }),
    ];
    const { place, copies, forwards, isFlagged } = runRules(rules, message({ isSpam: true }));
    assert.deepEqual(
      { place, copies, forwards, isFlagged },
      { place: null, copies: [], forwards: [], isFlagged: true },
    );
  });

  it('may say that it is wanted, or ask for spam', () => {
    const wanted = [rule({ actions: [{ do: 'move', folder: 'A' }, { do: 'wanted' }] })];
    const outcome = runRules(wanted, message({ isSpam: true }));
    assert.deepEqual(
      [outcome.isWanted, outcome.place, outcome.keywords],
      [true, { folder: 'A' }, ['$NotJunk']],
    );
    const asking = [rule({ conditions: [{ field: 'spam' }], actions: [{ do: 'trash' }] })];
    assert.deepEqual(runRules(asking, message({ isSpam: true })).place, { use: 'trash' });
    assert.equal(runRules(asking, message()).place, null);
  });

  it('that cannot be read are none', () => {
    const row = {
      id: 'x',
      name: 'n',
      match: 'all',
      conditions: '[]',
      actions: '[{"do":"flag"}]',
      isLast: 0,
      isDisabled: 0,
    };
    assert.equal(readRule(row)?.actions.length, 1);
    for (const broken of [
      { actions: 'no json' },
      { actions: '[]' },
      { conditions: '[{"field":"moon"}]' },
      { match: 'some' },
    ]) {
      assert.equal(readRule({ ...row, ...broken }), null, JSON.stringify(broken));
    }
  });

  it('are refused with too much or nonsense in them', () => {
    const refused: object[] = [
      { actions: [] },
      { name: '' },
      { conditions: [{ field: 'header', test: 'is', value: 'x' }] },
      { conditions: [{ field: 'header', test: 'is', value: 'x', name: 'a b' }] },
      { conditions: [{ field: 'body', test: 'matches', value: '*' }] },
      { conditions: [{ field: 'subject', test: 'is', value: 'x'.repeat(501) }] },
      { actions: [{ do: 'label', keyword: '\\Seen' }] },
      { actions: [{ do: 'label', keyword: 'two words' }] },
      { actions: [{ do: 'forward', address: 'nobody' }] },
    ];
    const base = { name: 'r', conditions: [], actions: [{ do: 'flag' }] };
    for (const change of refused) {
      assert.equal(
        ruleSchema.safeParse({ ...base, ...change }).success,
        false,
        JSON.stringify(change),
      );
    }
  });
});

describe('conditions made to be slow', () => {
  const hostile = message({ header: Buffer.from(`X-A: ${'a'.repeat(3000)}\r\n`.repeat(200)) });

  it('are not: hundreds of patterns against a long header', () => {
    const values = [`*${'a'.repeat(450)}b*`, `${'a*'.repeat(200)}b`, `*${'a?'.repeat(200)}b`];
    const conditions = Array.from({ length: 300 }, (_, index) =>
      condition({ field: 'header', name: 'X-A', test: 'matches', value: values[index % 3] }),
    );
    assert.equal(fitsRule({ conditions, match: 'any' }, hostile), false);
  });

  it('see the first 64 KB of a field that comes again and again', () => {
    assert.equal(hostile.header('x-a').length, 21);
    const people = Array.from({ length: 190 }, (_, n) => `${'n'.repeat(80)} <p${n}@x.test>`);
    const { to } = message({ header: Buffer.from(`To: ${people.join(',\r\n ')}\r\n\r\n`) });
    assert.ok(to.includes('p0@x.test') && to.length > 300);
  });
});
