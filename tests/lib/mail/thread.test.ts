// Threads as a table: messages with their ids, references, subjects and times, and the answer that must come.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runSteps, sortSteps } from '#lib/mail/steps.ts';
import { baseSubject, isReplySubject } from '#lib/mail/subject.ts';
import { buildThreads, type ThreadAlgorithm, type ThreadColumns } from '#lib/mail/thread.ts';
import { formatThreads, nestingLimit } from '#server/imap/thread-format.ts';

type Message = {
  id?: string;
  refs?: string;
  subject?: string;
  sent?: number;
  arrived?: number;
};

function toColumns(messages: Message[]): ThreadColumns {
  const numbers = new Map<string, number>([['', 0]]);
  const numberOf = (text: string) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  };
  const lists = messages.map(({ refs = '' }) => refs.split(' ').filter(Boolean).map(numberOf));
  const starts = new Uint32Array(messages.length + 1);
  for (const [at, list] of lists.entries()) starts[at + 1] = starts[at]! + list.length;
  const subjects = messages.map(({ subject = '' }) => subject);
  return {
    size: messages.length,
    ids: Float64Array.from(messages, ({ id = '' }) => numberOf(id)),
    starts,
    references: Float64Array.from(lists.flat()),
    sentAt: Float64Array.from(messages, ({ sent }, at) => sent ?? at),
    arrivedAt: Float64Array.from(messages, ({ arrived, sent }, at) => arrived ?? sent ?? at),
    subjects: Float64Array.from(subjects, (text) => numberOf(baseSubject(text))),
    replies: Uint8Array.from(subjects, (text) => Number(isReplySubject(text))),
  };
}

function thread(messages: Message[], algorithm: ThreadAlgorithm): string {
  const forest = runSteps(buildThreads(toColumns(messages), algorithm));
  return runSteps(formatThreads(forest, (message) => message + 1));
}

const cases: { why: string; algorithm?: ThreadAlgorithm; messages: Message[]; told: string }[] = [
  { why: 'nothing', messages: [], told: '' },
  {
    why: 'a chain and a fork',
    messages: [
      { id: 'a' },
      { id: 'b', refs: 'a' },
      { id: 'c', refs: 'a b' },
      { id: 'd', refs: 'a b' },
      { id: 'e', refs: 'a b c' },
    ],
    told: '(1 2 (3 5)(4))',
  },
  {
    why: 'answers that come before what they answer',
    messages: [{ id: 'c', refs: 'a b' }, { id: 'b', refs: 'a' }, { id: 'a' }],
    told: '(3 2 1)',
  },
  {
    why: 'the missing parent of two holds them together',
    messages: [
      { id: 'b', refs: 'a' },
      { id: 'c', refs: 'a' },
    ],
    told: '((1)(2))',
  },
  {
    why: 'the missing parent of one is left out, and so are those in between',
    messages: [
      { id: 'd', refs: 'a b c' },
      { id: 'e', refs: 'x d y' },
    ],
    told: '(1 2)',
  },
  {
    why: 'missing ones one above the other at the root become one',
    messages: [
      { id: 'c', refs: 'a b' },
      { id: 'd', refs: 'a b' },
      { id: 'e', refs: 'a' },
    ],
    told: '((1)(2)(3))',
  },
  {
    why: 'truncated references of one do not undo what others say',
    messages: [{ id: 'a' }, { id: 'b', refs: 'a' }, { id: 'd', refs: 'c' }, { id: 'c', refs: 'b' }],
    told: '(1 2 4 3)',
  },
  {
    why: 'what a message says of itself stands above what others say of it',
    messages: [{ id: 'a' }, { id: 'x' }, { id: 'c', refs: 'x b' }, { id: 'b', refs: 'a' }],
    told: '(1 4 3)(2)',
  },
  {
    why: 'a message without references is linked by a later one that names both',
    messages: [{ id: 'a' }, { id: 'b' }, { id: 'c', refs: 'a b' }],
    told: '(1 2 3)',
  },
  {
    why: 'but not by an earlier one: it says that it answers nobody',
    messages: [{ id: 'a' }, { id: 'c', refs: 'a b' }, { id: 'b' }],
    told: '(1)(3 2)',
  },
  {
    why: 'a second message of the same id is one of its own',
    messages: [{ id: 'a' }, { id: 'a' }, { id: 'b', refs: 'a' }],
    told: '(1 3)(2)',
  },
  { why: 'no id at all', messages: [{}, {}], told: '(1)(2)' },
  { why: 'itself', messages: [{ id: 'a', refs: 'a' }], told: '(1)' },
  {
    why: 'a loop of two',
    messages: [
      { id: 'a', refs: 'b' },
      { id: 'b', refs: 'a' },
    ],
    told: '(2 1)',
  },
  {
    why: 'a loop of three, through references of others',
    messages: [
      { id: 'a', refs: 'c' },
      { id: 'b', refs: 'a' },
      { id: 'c', refs: 'b' },
      { id: 'd', refs: 'a b c a' },
    ],
    told: '(3 1 (2)(4))',
  },
  {
    why: 'threads and answers by the time they were sent, equal ones by number',
    messages: [
      { id: 'a', sent: 50 },
      { id: 'b', sent: 10 },
      { id: 'c', refs: 'a', sent: 90 },
      { id: 'd', refs: 'a', sent: 60 },
      { id: 'e', sent: 10 },
    ],
    told: '(2)(5)(1 (4)(3))',
  },
  {
    why: 'a reply without references joins by its subject',
    messages: [{ subject: 'offer' }, { subject: 'other' }, { subject: 'Re: offer' }],
    told: '(1 3)(2)',
  },
  {
    why: 'two that answer nobody are siblings; a third one joins them',
    messages: [{ subject: 'offer' }, { subject: 'offer' }, { subject: 'Re: offer' }],
    told: '((1)(2)(3))',
  },
  {
    why: 'two replies to what is not there are siblings',
    messages: [{ subject: 'Re: offer' }, { subject: 'RE: offer' }],
    told: '((1)(2))',
  },
  {
    why: 'a reply that came first still stands below',
    messages: [{ subject: 'Re: offer' }, { subject: 'offer' }],
    told: '(2 1)',
  },
  {
    why: 'one that only holds others together takes what has its subject',
    messages: [
      { subject: 'Re: offer', refs: 'a' },
      { subject: 'Re: offer', refs: 'a' },
      { subject: 'offer' },
      { subject: 'Re: offer', refs: 'z' },
      { subject: 'Re: offer', refs: 'z' },
    ],
    told: '((1)(2)(3)(4)(5))',
  },
  {
    why: 'empty subjects say nothing',
    messages: [{ subject: 'Re:' }, { subject: '' }],
    told: '(1)(2)',
  },
  {
    why: 'REFS: no subjects, the latest arrival last',
    algorithm: 'REFS',
    messages: [
      { id: 'a', subject: 'offer', arrived: 1 },
      { id: 'b', subject: 'Re: offer', arrived: 2 },
      { id: 'c', refs: 'a', arrived: 3 },
    ],
    told: '(2)(1 3)',
  },
  {
    why: 'REFS: missing parents hold together too',
    algorithm: 'REFS',
    messages: [{ refs: 'x', sent: 5 }, { sent: 2 }, { refs: 'x', sent: 1 }],
    told: '(2)((3)(1))',
  },
  {
    why: 'ORDEREDSUBJECT: all others below the first one',
    algorithm: 'ORDEREDSUBJECT',
    messages: [
      { subject: 'b', sent: 5 },
      { subject: 'a', sent: 6 },
      { subject: 'Re: b', sent: 7 },
      { subject: 'Re: a', sent: 3 },
      { subject: 'b (fwd)', sent: 6 },
    ],
    told: '(4 2)(1 (5)(3))',
  },
];

describe('threads', () => {
  for (const { why, algorithm = 'REFERENCES', messages, told } of cases) {
    it(`${algorithm}: ${why}`, () => assert.equal(thread(messages, algorithm), told));
  }

  it('holds 100,000 answers one below the other without depth', () => {
    const messages = Array.from({ length: 100_000 }, (_unused, at) => ({
      id: `m${at}`,
      refs: at > 0 ? `m0 m${at - 1}` : '',
    }));
    const text = thread(messages, 'REFERENCES');
    assert.equal(text.match(/\(/g)?.length, 1);
    assert.equal(text.split(' ').length, 100_000);
  });

  it('caps the parentheses of a tree that forks 20,000 times', () => {
    const messages = Array.from({ length: 40_000 }, (_unused, at) => ({
      id: `m${at}`,
      refs: at > 1 ? `m${at - (at % 2 === 0 ? 2 : 3)}` : at === 1 ? 'm0' : '',
    }));
    const text = thread(messages, 'REFERENCES');
    let depth = 0;
    let deepest = 0;
    for (const character of text) {
      if (character === '(') deepest = Math.max(deepest, ++depth);
      if (character === ')') depth--;
    }
    assert.equal(depth, 0);
    assert.ok(deepest <= nestingLimit);
    const numbers = text.match(/\d+/g) ?? [];
    assert.equal(new Set(numbers).size, 40_000);
    assert.equal(numbers.length, 40_000);
  });

  it('has every message once, whatever the references say', () => {
    let seed = 12345;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 300; round++) {
      const messages: Message[] = Array.from({ length: random(30) }, () => ({
        id: random(4) === 0 ? '' : `m${random(25)}`,
        refs: Array.from({ length: random(5) }, () => `m${random(30)}`).join(' '),
        subject: ['', 'a', 'Re: a', 'b', 'Re: b', 'c'][random(6)]!,
        sent: random(20),
      }));
      for (const algorithm of ['REFERENCES', 'REFS', 'ORDEREDSUBJECT'] as const) {
        const text = thread(messages, algorithm);
        const numbers = (text.match(/\d+/g) ?? []).map(Number).sort((a, b) => a - b);
        assert.deepEqual(
          numbers,
          messages.map((_unused, at) => at + 1),
          `${JSON.stringify(messages)} ${text}`,
        );
        assert.doesNotMatch(text, /\(\)|\(\(\d[^()]*\)\)/);
      }
    }
  });

  it('yields often enough that nobody waits', () => {
    const messages = Array.from({ length: 30_000 }, (_unused, at) => ({
      id: `m${at}`,
      refs: `m${(at * 7919) % 30_000} m${(at * 31) % 30_000}`,
      subject: `s${at % 50}`,
      sent: (at * 7919) % 30_000,
    }));
    const steps = buildThreads(toColumns(messages), 'REFERENCES');
    let yields = 0;
    while (!steps.next().done) yields++;
    assert.ok(yields > 100, `${yields}`);
  });
});

describe('sorting in steps', () => {
  it('sorts as the engine does, and keeps the order of equal ones', () => {
    for (const size of [0, 1, 199, 200, 201, 5000]) {
      const list = Array.from({ length: size }, (_unused, at) => ({ key: (at * 7919) % 97, at }));
      const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
      assert.deepEqual(runSteps(sortSteps(list, compare)), [...list].sort(compare));
    }
  });
});
