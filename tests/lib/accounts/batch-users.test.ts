// Users from lines: what each shape of a line means, the rehearsal, and what is refused.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, findAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { type BatchLine, runBatch } from '#lib/accounts/batch-users.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { type BatchEntry, maxBatchLines, parseBatch } from '#lib/accounts/import/batch.ts';
import { verifyPassword } from '#lib/accounts/password.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { db } from '#lib/db.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const gb = 1024 ** 3;
const by = 'test';

describe('lines of users', () => {
  const cases: [why: string, text: string, entry: Partial<BatchEntry>][] = [
    ['a name alone', 'ada', { do: 'create', address: 'ada@x.test', password: undefined }],
    ['name and password', 'ada:secret words', { password: 'secret words' }],
    ['and a quota', 'ada:secret:5G', { password: 'secret', quotaBytes: 5 * gb }],
    ['no password, a quota', 'ada::5 GB', { password: undefined, quotaBytes: 5 * gb }],
    ['an empty quota', 'ada:secret:', { password: 'secret', quotaBytes: undefined }],
    ['a password with colons', 'ada:a:b:c', { password: 'a:b:c' }],
    ['a whole address', 'Ada@Y.test:pw', { address: 'ada@y.test', password: 'pw' }],
    ['a hash', 'ada:{SSHA}AAAA', { do: 'create' }],
    ['a password marked as such is one', 'ada:{PLAIN}short', { password: 'short' }],
    [
      'what looks like a bare hash is a password',
      'ada:5f4dcc3b5aa765d61d8327deb882cf99',
      {
        password: '5f4dcc3b5aa765d61d8327deb882cf99',
      },
    ],
    [
      'Webmin creates',
      'create:ada:pw:1001:100:Ada Lovelace,,,:/home/ada:/bin/sh:::::',
      {
        do: 'create',
        password: 'pw',
        displayName: 'Ada Lovelace',
      },
    ],
    [
      'Webmin changes',
      'modify:ada:ada::::Ada L',
      {
        do: 'modify',
        password: undefined,
        displayName: 'Ada L',
      },
    ],
    ['Webmin deletes', 'delete:ada', { do: 'delete', address: 'ada@x.test' }],
    [
      'a table',
      'Address,Name,Quota\n"ada@y.test","Lovelace, ""A""",1G',
      {
        do: 'keep',
        displayName: 'Lovelace, "A"',
        quotaBytes: gb,
      },
    ],
    [
      'a table as it was exported',
      "\uFEFFaddress,name,quota bytes\r\nada@y.test,'=1+1,default\r\n",
      {
        displayName: '=1+1',
        quotaBytes: null,
      },
    ],
  ];
  for (const [why, text, wanted] of cases) {
    it(why, () => {
      const { entries, problems } = parseBatch(text, 'x.test');
      if (why === 'a hash') {
        assert.equal(entries.length + problems.length, 1);
        return;
      }
      assert.deepEqual(problems, []);
      assert.equal(entries.length, 1);
      for (const [name, value] of Object.entries(wanted)) {
        assert.deepEqual(entries[0]?.[name as keyof BatchEntry], value, name);
      }
    });
  }

  it('a pattern stands for many', () => {
    const { entries } = parseBatch('s[08-11]x:pw', 'x.test');
    assert.deepEqual(
      entries.map(({ address, line }) => [address, line]),
      ['s08x', 's09x', 's10x', 's11x'].map((name) => [`${name}@x.test`, 1]),
    );
  });

  const refused: [why: string, text: string, reason: RegExp][] = [
    ['no domain', 'ada', /no domain/],
    ['no name', ':pw', /name is missing/],
    ['no address', 'a b@x.test:pw', /not an address/],
    ['another name', 'modify:a@x.test:b@x.test:', /keeps the address/],
    ['a lock', 'modify:a@x.test::!', /lock/],
    ['too many of a pattern', 's[1-999999]@x.test', /no number of users/],
    ['backward', 's[9-1]@x.test', /no number of users/],
    ['no size', 'address,quota\na@x.test,much', /not a size/],
  ];
  for (const [why, text, reason] of refused) {
    it(`refuses ${why}`, () => {
      const { entries, problems } = parseBatch(text, '');
      assert.deepEqual(entries, []);
      assert.match(problems[0]?.reason ?? '', reason);
    });
  }

  it('stops at its limit', () => {
    const { entries, problems } = parseBatch(`a[1-${maxBatchLines}]@x.test\nb@x.test`, '');
    assert.equal(entries.length, maxBatchLines);
    assert.match(problems[0]?.reason ?? '', /At most/);
  });

  it('stops at as many problems', () => {
    const { entries, problems } = parseBatch(`a[1-${maxBatchLines}]\n`.repeat(3), '');
    assert.deepEqual(entries, []);
    assert.equal(problems.length, maxBatchLines + 1);
  });
});

describe('a batch of users', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let root: Staff;
  let dora: Staff;

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'own.test' }, by);
    await addDomain({ name: 'other.test' }, by);
    const password = 'eleven brown leaves';
    await addAccount({ address: 'root@own.test', password, role: 'admin' }, by);
    const { id } = await addAccount({ address: 'dora@own.test', password }, by);
    await giveRole(id, { role: 'domain-admin', domains: ['own.test'] }, by);
    await addAccount({ address: 'bob@own.test', password }, by);
    await addAlias({ address: 'info@own.test', targets: ['bob@own.test'] }, by);
    root = await readStaff((await findAccount('root@own.test'))!);
    dora = await readStaff((await findAccount('dora@own.test'))!);
  });
  after(() => database.close());

  const run = (staff: Staff, text: string, isRehearsal = false) =>
    runBatch(staff, { text, domain: 'own.test', mustChange: false, isRehearsal });
  const short = (lines: BatchLine[]) =>
    lines.map(({ line, outcome, text }) => `${line} ${outcome} ${text}`.trim());

  const text = [
    '# people',
    'new1:purple monkey dishes:1G',
    'new2',
    'bob:whatever else now',
    'info:whatever else now',
    'new3:password',
    'x@other.test:purple monkey dishes',
    'modify:bob:bob::::Bob B',
    'modify:nobody::::',
    'delete:root',
  ].join('\n');

  it('is tried first, and then nothing has happened', async () => {
    const count = await db.account.count();
    const lines = await run(dora, text, true);
    assert.equal(await db.account.count(), count);
    assert.deepEqual(
      lines.map(({ line, outcome }) => `${line} ${outcome}`),
      [
        ...['2 add', '3 add', '4 refused', '5 refused', '6 refused', '7 refused'],
        ...['8 refused', '9 refused', '10 refused'],
      ],
    );
    assert.match(lines[3]?.text ?? '', /alias/);
    assert.match(lines[5]?.text ?? '', /no domain other\.test/);
    // The line before has the same address.
    assert.match(lines[6]?.text ?? '', /stands above/);
    assert.match(lines[8]?.text ?? '', /has a role/);
  });

  it('does what it said', async () => {
    const tried = await run(dora, text, true);
    const done = await run(dora, text);
    assert.deepEqual(short(done), short(tried));
    const made = await findAccount('new1@own.test');
    assert.deepEqual([made?.quotaBytes, made?.mustChange], [gb, false]);
    const secret = done[1]?.password ?? '';
    assert.match(secret, /^[a-z2-9]{14}$/);
    const row = await db.account.findUnique({ where: { address: 'new2@own.test' } });
    assert.ok(await verifyPassword(row?.passwordHash ?? '', secret));
    assert.equal(row?.mustChange, true);
  });

  it('changes and deletes', async () => {
    const lines = await run(
      root,
      'modify:new1:new1:another long secret:::New One\ndelete:new2\nmodify:bob:::::Bob B',
    );
    assert.deepEqual(short(lines), ['1 change', '2 delete', '3 change']);
    assert.equal((await findAccount('new1@own.test'))?.displayName, 'New One');
    assert.ok((await findAccount('new2@own.test'))?.deletedAt);
    assert.equal((await findAccount('bob@own.test'))?.displayName, 'Bob B');
  });

  it('takes a table twice', async () => {
    const table = 'address,name,quota\nt1@own.test,T One,1G\nbob@own.test,Bobby,default';
    assert.deepEqual(short(await run(root, table)), ['2 add', '3 change']);
    assert.deepEqual(short(await run(root, table)), ['2 change', '3 change']);
    assert.equal((await findAccount('bob@own.test'))?.displayName, 'Bobby');
  });
});
