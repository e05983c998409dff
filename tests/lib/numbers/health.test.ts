// Each part of health at its limits: the colour, and that whatever is not well says what to do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CertificateHealth } from '#lib/certificates/health.ts';
import type { DoctorVerdict, Outcome } from '#lib/doctor/report.ts';
import { readHealth } from '#lib/numbers/health/index.ts';
import { daysLeft, describeSeconds, type Facts, judgeHealth } from '#lib/numbers/health/judge.ts';
import { worstOf } from '#lib/numbers/health/part.ts';
import type { JobRun } from '#lib/numbers/job-run.ts';
import type { NodeFacts } from '#lib/numbers/node-report.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const at = new Date('2026-11-21T12:00:00Z');
const hours = (count: number) => new Date(at.getTime() + count * 3600_000);
const gb = 2 ** 30;

const facts: NodeFacts = {
  version: '1.0.0',
  nodeVersion: '24.0.0',
  database: 'SQLite 3',
  schema: { newest: '0017_numbers', isWhole: true },
  pid: 1,
  startedAt: at.toISOString(),
  memoryBytes: 1,
  loopDelayMs: 20,
  openFiles: 50,
  openFileLimit: 1024,
  diskFreeBytes: 50 * gb,
  diskBytes: 100 * gb,
  clockSkewMs: null,
  listeners: [],
};
const node = (over: Partial<NodeFacts> = {}) => ({ node: 'one', at, facts: { ...facts, ...over } });
const certificate = (state: CertificateHealth['state'], daysLeft: number | null) => ({
  certificates: { state, daysLeft, name: 'mail.own.test', text: `It is ${state}.` },
});
const port = (name: string, isOpen: boolean) => ({ name, port: 25, isOpen });
const run = (isGood: boolean) => ({ name: 'greylist', isGood, error: 'disk I/O error' }) as JobRun;
const queue = { queued: 0, sending: 0, held: 0, oldestSeconds: 0 };

const dayMs = 86_400_000;
const backup = { folder: '/mnt', ageMs: dayMs, expectedMs: dayMs, failure: '' };
const found = (...verdicts: [id: string, verdict: DoctorVerdict][]) => ({
  doctor: {
    at: hours(-3),
    outcomes: verdicts.map(([id, verdict]) => ({ id, verdict, title: `The ${id}` }) as Outcome),
  },
});

const well: Facts = {
  now: at,
  databaseMs: 1,
  nodes: [node()],
  silentNodes: [],
  ports: [port('smtp', true), port('imap', true), port('imaps', true)],
  failures: [],
  queue,
  jobs: [run(true)],
  diskShrinkPerDay: null,
  dns: { ok: 10, none: 5, failed: 0 },
  backup,
  doctor: null,
  ...certificate('good', 60),
  domains: { checked: 3, wrong: 0, examples: [] },
  blockLists: { isGood: true, text: 'No list knows an address of this server.' },
};

/** Part, what is otherwise than well, colour, words of the sentence. */
const cases: [name: string, over: Partial<Facts>, colour: string, words: RegExp][] = [
  ['daemon', { nodes: [] }, 'red', /No mail daemon/],
  ['daemon', { silentNodes: ['one'] }, 'red', /No mail daemon/],
  [
    'daemon',
    { nodes: [node(), { ...node(), node: 'two' }], silentNodes: ['two'] },
    'yellow',
    /two/,
  ],
  ['daemon', { nodes: [node({ loopDelayMs: 501 })] }, 'yellow', /late/],
  ['daemon', { nodes: [node({ openFiles: 900 })] }, 'yellow', /900 files/],
  ['daemon', { nodes: [node({ openFileLimit: null })] }, 'green', /runs/],
  [
    'smtp',
    { ports: [port('smtp', false), port('submission', true)] },
    'yellow',
    /smtp \(port 25\)/,
  ],
  ['smtp', { ports: [port('smtp', false)] }, 'red', /No answer/],
  ['pop3', {}, 'green', /Not open here/],
  ['pop3', { failures: [{ name: 'pop3', text: 'It is taken.' }] }, 'red', /taken/],
  ['imap', { failures: [{ name: 'imaps', text: 'It is taken.' }] }, 'yellow', /taken/],
  ['imap', { ports: [port('imap', true), port('imaps', false)] }, 'yellow', /imaps/],
  ['queue', { queue: { ...queue, queued: 499, oldestSeconds: 14_400 } }, 'green', /499 wait/],
  ['queue', { queue: { ...queue, queued: 500 } }, 'yellow', /500 wait/],
  ['queue', { queue: { ...queue, queued: 1, oldestSeconds: 14_401 } }, 'yellow', /4 hours/],
  ['queue', { queue: { ...queue, queued: 10_000 } }, 'red', /10000/],
  ['queue', { queue: { ...queue, queued: 100, oldestSeconds: 86_401 } }, 'red', /1 day/],
  ['queue', { queue: { ...queue, held: 1 } }, 'yellow', /1 held/],
  ['queue', { queue: { ...queue, queued: 1 }, silentNodes: ['one'] }, 'red', /nobody sends/],
  ['database', { databaseMs: null }, 'red', /cannot be read/],
  ['database', { databaseMs: 1001 }, 'yellow', /1001 ms/],
  [
    'database',
    { nodes: [node({ schema: { newest: '0099_later', isWhole: false } })] },
    'red',
    /0099_later/,
  ],
  ['disk', { nodes: [node({ diskFreeBytes: null })] }, 'yellow', /not known/],
  ['disk', { nodes: [node({ diskFreeBytes: 9 * gb })] }, 'yellow', /9 % free/],
  ['disk', { nodes: [node({ diskFreeBytes: gb })] }, 'red', /Almost full/],
  ['disk', { nodes: [node({ diskFreeBytes: 0.1 * gb, diskBytes: gb })] }, 'red', /Almost full/],
  ['disk', { diskShrinkPerDay: 25 * gb }, 'red', /2 days/],
  ['disk', { diskShrinkPerDay: 2 * gb }, 'yellow', /25 days/],
  ['disk', { diskShrinkPerDay: gb }, 'green', /50 days/],
  ['disk', { diskShrinkPerDay: -gb }, 'green', /50 % free\.$/],
  ['certificate', certificate('none', null), 'yellow', /none/],
  ['certificate', certificate('soon', 13), 'yellow', /soon/],
  ['certificate', certificate('soon', 2), 'red', /soon/],
  ['certificate', certificate('soon', null), 'yellow', /soon/],
  ['certificate', certificate('failing', 40), 'yellow', /failing/],
  ['certificate', certificate('failing', -1), 'red', /failing/],
  ['dns', { dns: { ok: 0, none: 0, failed: 0 } }, 'green', /Not asked/],
  ['dns', { dns: { ok: 0, none: 0, failed: 4 } }, 'green', /4 of 4/],
  ['dns', { dns: { ok: 20, none: 20, failed: 5 } }, 'yellow', /11 %/],
  ['dns', { dns: { ok: 2, none: 2, failed: 5 } }, 'red', /56 %/],
  ['domains', { domains: { checked: 0, wrong: 0, examples: [] } }, 'green', /Not looked at/],
  ['domains', {}, 'green', /All records are right, of 3/],
  [
    'domains',
    { domains: { checked: 9, wrong: 1, examples: ['a.test (MX)'] } },
    'yellow',
    /a\.test \(MX\)\.$/,
  ],
  [
    'domains',
    { domains: { checked: 9, wrong: 7, examples: ['a.test (MX)'] } },
    'yellow',
    /and 6 more/,
  ],
  ['block-lists', { blockLists: null }, 'green', /Not asked yet/],
  ['block-lists', { blockLists: { isGood: false, text: '1.2.3.4 is on x' } }, 'red', /1\.2\.3\.4/],
  ['jobs', { jobs: [run(true), run(false)] }, 'yellow', /greylist \(disk I\/O error\)/],
  ['backup', { backup: { ...backup, folder: '', ageMs: null } }, 'yellow', /takes none/],
  ['backup', { backup: { ...backup, ageMs: null } }, 'yellow', /none yet/],
  ['backup', { backup: { ...backup, failure: 'no room' } }, 'red', /no room/],
  ['backup', { backup: { ...backup, ageMs: 2 * dayMs } }, 'green', /2 days/],
  ['backup', { backup: { ...backup, ageMs: 2.1 * dayMs } }, 'yellow', /2 days/],
  ['backup', { backup: { ...backup, ageMs: dayMs, expectedMs: dayMs / 4 } }, 'yellow', /1 day/],
  ['backup', { backup: { ...backup, folder: '', expectedMs: null } }, 'green', /1 day/],
  ['backup', { backup: { ...backup, ageMs: 8 * dayMs, expectedMs: null } }, 'red', /8 days/],
  ['doctor', {}, 'green', /Nobody has asked/],
  ['doctor', found(['clock', 'ok'], ['outbound', 'unknown']), 'green', /nothing more, 3 hours/],
  ['doctor', found(['clock', 'warning']), 'yellow', /3 hours ago: The clock\.$/],
  [
    'doctor',
    found(['clock', 'warning'], ['outbound', 'problem']),
    'red',
    /: The outbound, The clock\.$/,
  ],
  // The part of that name has said it.
  [
    'doctor',
    { ...found(['backup', 'warning']), backup: { ...backup, ageMs: null } },
    'green',
    /nothing/,
  ],
  ['doctor', found(['backup', 'warning']), 'yellow', /The backup/],
];

describe('health', () => {
  it('is green where all is well', () => {
    const parts = judgeHealth(well);
    assert.deepEqual(
      parts.filter(({ colour }) => colour !== 'green'),
      [],
    );
    assert.equal(worstOf(parts), 'green');
    assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
  });

  for (const [name, over, colour, words] of cases) {
    it(`${name} is ${colour}: ${words.source}`, () => {
      const part = judgeHealth({ ...well, ...over }).find((one) => one.name === name);
      assert.equal(part?.colour, colour);
      assert.match(part?.text ?? '', words);
      assert.equal(part?.todo !== '', colour !== 'green');
      assert.match(part?.href ?? '', /^\/admin/);
    });
  }

  it('says how long in words', () => {
    assert.deepEqual([59, 60, 7300, 90_000, 200_000].map(describeSeconds), [
      'less than a minute',
      '1 minute',
      '2 hours',
      '1 day',
      '2 days',
    ]);
    assert.deepEqual([daysLeft(10, 3), daysLeft(10, 0), daysLeft(10, null)], [3, null, null]);
  });
});

describe('health of a database', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  it('that is new says that no daemon has reported', async () => {
    const parts = await readHealth();
    assert.equal(parts.find(({ name }) => name === 'daemon')?.colour, 'red');
    // Of a slow one, how long it took.
    const database = parts.find(({ name }) => name === 'database');
    assert.match(database?.text ?? '', /^(It answers|A read took)/);
  });
});
