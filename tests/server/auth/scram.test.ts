// SCRAM against the example of RFC 7677, against a client of our own, and against hostile ones.
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { addAccount, setPassword } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { prepare } from '#lib/accounts/saslprep.ts';
import { iterations, openScramKeys, type ScramKeys } from '#lib/accounts/scram.ts';
import { readScramKeys, signIn } from '#lib/accounts/sessions.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import type { ChannelBinding } from '#server/auth/channel-binding.ts';
import { listMechanisms, startExchange } from '#server/auth/exchange.ts';
import { startMechanism } from '#server/auth/sasl.ts';
import { type ScramOptions, startScram } from '#server/auth/scram.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { startScramClient } from '#tests/support/scram-client.ts';

const bytes = (text: string) => Buffer.from(text);
const bound = Buffer.from('data of the channel');
const binding: ChannelBinding = { read: (type) => (type === 'tls-exporter' ? bound : null) };

function makeKeys(password: string, salt: Buffer, count: number): ScramKeys {
  const salted = pbkdf2Sync(password, salt, count, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const serverKey = createHmac('sha256', salted).update('Server Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest();
  return { iterations: count, salt, storedKey, serverKey };
}

const keys = makeKeys('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);

/** The whole exchange against `keys`: what the server thinks of the proof, and says; null for an error. */
function play(first: string, answer: (serverFirst: string) => string, options: ScramOptions) {
  const mechanism = startScram(options);
  const asked = mechanism.step(bytes(first));
  if (!('keysOf' in asked)) return null;
  const told = asked.take(keys);
  assert.ok('challenge' in told);
  const done = mechanism.step(bytes(answer(told.challenge.toString())));
  if (!('credentials' in done) || done.credentials.kind !== 'proof') return null;
  const isProven = done.credentials.isProven(keys);
  return { isProven, signature: mechanism.successChallenge?.toString(), user: asked.keysOf };
}

const plain: ScramOptions = { isPlus: false, binding: null, isPlusOffered: false };
const plus: ScramOptions = { isPlus: true, binding, isPlusOffered: true };

describe('SCRAM', () => {
  it('is that of RFC 7677 §3', () => {
    const result = play(
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      (serverFirst) => {
        assert.equal(
          serverFirst,
          'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
        );
        return 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
      },
      { ...plain, nonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0' },
    );
    assert.deepEqual(result, {
      isProven: true,
      signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
      user: 'user',
    });
  });

  type Case = [
    reason: string,
    client: Parameters<typeof startScramClient>[0],
    ScramOptions,
    boolean | null,
  ];
  const user = { username: 'user', password: 'pencil' };
  const cases: Case[] = [
    ['nothing to bind', user, plain, true],
    ['another password', { ...user, password: 'pencils' }, plain, false],
    ['a name with , and =', { ...user, username: 'a,b=c' }, plain, true],
    ['-PLUS bound to the channel', { ...user, gs2: 'p=tls-exporter,,', bound }, plus, true],
    // Somebody in between has another channel to us than the client has to him.
    [
      '-PLUS bound to another channel',
      { ...user, gs2: 'p=tls-exporter,,', bound: bytes('x') },
      plus,
      false,
    ],
    ['-PLUS bound to nothing', { ...user, gs2: 'p=tls-exporter,,' }, plus, false],
    ['a type that is not known', { ...user, gs2: 'p=tls-unique,,', bound }, plus, null],
    // RFC 5802 §6: our -PLUS was taken out of the list on the way.
    ['"y" where -PLUS is offered', { ...user, gs2: 'y,,' }, { ...plus, isPlus: false }, null],
    ['"y" where it is not', { ...user, gs2: 'y,,' }, plain, true],
    ['"n" where -PLUS is offered', user, { ...plus, isPlus: false }, true],
    ['-PLUS without binding', user, plus, null],
    [
      'binding without -PLUS',
      { ...user, gs2: 'p=tls-exporter,,', bound },
      { ...plus, isPlus: false },
      null,
    ],
  ];
  for (const [reason, options, server, expected] of cases) {
    it(`${expected ? 'takes' : 'refuses'} ${reason}`, () => {
      const client = startScramClient(options);
      const result = play(client.first, client.answer, server);
      assert.equal(result?.isProven ?? null, expected);
      if (expected) assert.equal(result?.signature, client.signature());
    });
  }

  it('refuses a header that changes on the way, and another nonce', () => {
    for (const change of [
      (text: string) => text.replace('c=biws', `c=${Buffer.from('y,,').toString('base64')}`),
      (text: string) => text.replace(/,r=[^,]+/, ',r=somebodyelses'),
      (text: string) => text.replace(/p=...../, 'p=AAAAA'),
    ]) {
      const client = startScramClient(user);
      assert.notEqual(
        play(client.first, (told) => change(client.answer(told)), plain)?.isProven,
        true,
      );
    }
  });

  const malformed = [
    '',
    'n,,',
    'n,,n=user',
    'n,,n=,r=abc',
    'n,,n=user,r=',
    'n,,n=us=er,r=abc',
    'n,,m=ext,n=user,r=abc',
    'x,,n=user,r=abc',
    'n,n=user,r=abc',
    'n,,n=user,r=a b',
    `n,,n=user,r=${'a'.repeat(300)}`,
    'n,,n=user\0,r=abc',
    'n,,n=user\u0007,r=abc',
    'p=,,n=user,r=abc',
  ];
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.ok('error' in startMechanism('SCRAM-SHA-256').step(bytes(text)));
    });
  }
});

describe('SASLprep', () => {
  const cases: [given: string, prepared: string | null, reason: string][] = [
    ['I\u00adX', 'IX', 'RFC 4013 §3: soft hyphen becomes nothing'],
    ['user', 'user', 'RFC 4013 §3'],
    ['USER', 'USER', 'RFC 4013 §3: case is kept'],
    ['\u00aa', 'a', 'RFC 4013 §3: NFKC'],
    ['\u2168', 'IX', 'RFC 4013 §3: NFKC'],
    ['\u0007', null, 'RFC 4013 §3: control'],
    ['\u0627\u0031', null, 'RFC 4013 §3: must end from the right too'],
    ['\u0627\u0031\u0628', '\u0627\u0031\u0628', 'digits within'],
    ['\u0627a\u0628', null, 'both directions'],
    ['a\u00a0b', 'a b', 'a space of another kind'],
    ['e\u0301', '\u00e9', 'two ways to write one letter'],
    ['correct 🐴', 'correct 🐴', 'unassigned in Unicode 3.2, let pass'],
    ['a\ue000', null, 'private use'],
    ['', null, 'nothing'],
    ['\u00ad', null, 'nothing is left'],
  ];
  for (const [given, prepared, reason] of cases) {
    it(reason, () => assert.equal(prepare(given), prepared));
  }
});

describe('SCRAM of accounts', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let id: string;
  const address = 'ada@example.org';
  const password = 'right horse';
  const origin = { remote: '192.0.2.7', protocol: 'imap' as const };
  before(async () => {
    database = await openTestDatabase();
    await writeSetting('security.failureDelayMs', 0, 'test');
    await addDomain({ name: 'example.org' }, 'test');
    id = (await addAccount({ address, password }, 'test')).id;
  });
  after(() => database.close());

  /** The address of who has signed in. */
  async function login(username: string, secret: string, remote = origin.remote): Promise<string> {
    const exchange = await startExchange('scram-sha-256', { ...origin, remote, binding: null });
    const client = startScramClient({ username, password: secret });
    const first = await exchange!.step(bytes(client.first));
    assert.ok('challenge' in first);
    const last = await exchange!.step(bytes(client.answer(first.challenge.toString())));
    assert.ok('challenge' in last);
    assert.equal(last.challenge.toString(), client.signature());
    const end = await exchange!.step(Buffer.alloc(0));
    assert.ok('account' in end);
    return end.account.address;
  }
  const isFailed = (error: unknown) => isRefusal(error, 'auth-failed');

  it('signs in, with the name in any case, and refuses what is wrong', async () => {
    assert.equal(await login('Ada@Example.org', password), address);
    await assert.rejects(login(address, 'wrong'), isFailed);
    await assert.rejects(login('eve@example.org', password), isFailed);
  });

  it('is over when the password changes', async () => {
    await setPassword(id, 'another horse', 'test');
    await assert.rejects(login(address, password), isFailed);
    assert.equal(await login(address, 'another horse'), address);
    await setPassword(id, password, 'test');
  });

  it('says the same salt and count of everybody, at any time', async () => {
    const shape = async (name: string) => {
      const { salt, iterations: count } = await readScramKeys(name);
      return [salt.toString('base64'), salt.length, count];
    };
    const [known, unknown] = [await shape(address), await shape('eve@example.org')];
    assert.deepEqual(await shape('Eve@Example.ORG'), unknown);
    assert.notEqual(known[0], unknown[0]);
    assert.deepEqual(known.slice(1), unknown.slice(1));
    await setPassword(id, password, 'test');
    assert.deepEqual(await shape(address), known);
    assert.ok(iterations >= 4096);
    // One that comes to be, or has no keys yet, is not to be told from one that is not.
    await addAccount({ address: 'eve@example.org', password }, 'test');
    assert.deepEqual(await shape('eve@example.org'), unknown);
  });

  it('keeps nothing in the row that a thief of the database could try passwords against', async () => {
    const row = await db.account.findUniqueOrThrow({ where: { id } });
    assert.match(row.scram, /^v1:/);
    assert.equal(openScramKeys(row.scram)?.iterations, iterations);
    assert.equal(openScramKeys(`${row.scram.slice(0, -8)}AAAAAAA=`), null);
    assert.equal(openScramKeys('v1:AAAA'), null);
  });

  it('makes the keys of an older account at its next login by password', async () => {
    await write((tx) => tx.account.update({ where: { id }, data: { scram: '' } }));
    await assert.rejects(login(address, password), isFailed);
    await assert.rejects(signIn({ ...origin, address, password: 'wrong' }), isFailed);
    assert.equal((await db.account.findUniqueOrThrow({ where: { id } })).scram, '');
    await signIn({ ...origin, address, password });
    assert.equal(await login(address, password), address);
  });

  it('counts as any login', async () => {
    await writeSetting('security.maxLoginFailures', 3, 'test');
    const remote = '198.51.100.9';
    for (let count = 0; count < 3; count++) {
      await assert.rejects(login('eve@example.org', 'wrong', remote), isFailed);
    }
    await assert.rejects(login(address, password, remote), (error) =>
      isRefusal(error, 'throttled'),
    );
    await assert.rejects(signIn({ ...origin, remote, address, password }), (error) =>
      isRefusal(error, 'throttled'),
    );
    assert.equal(await login(address, password, '198.51.100.10'), address);
    await resetSetting('security.maxLoginFailures', 'test');
  });

  it('offers what the setting says, and the webmail its tokens', async () => {
    await writeSetting('security.mechanisms', ['PLAIN', 'SCRAM-SHA-256-PLUS'], 'test');
    const far = { remote: '192.0.2.1', binding: null };
    assert.deepEqual(await listMechanisms(far), ['PLAIN']);
    assert.deepEqual(await listMechanisms({ ...far, binding }), ['SCRAM-SHA-256-PLUS', 'PLAIN']);
    assert.deepEqual(await listMechanisms({ remote: '127.0.0.1', binding: null }), [
      'PLAIN',
      'OAUTHBEARER',
      'XOAUTH2',
    ]);
    assert.equal(await startExchange('SCRAM-SHA-256', { ...origin, binding: null }), null);
    await resetSetting('security.mechanisms', 'test');
    await assert.rejects(writeSetting('security.mechanisms', ['CRAM-MD5'], 'test'));
    for (const name of ['', 'CRAM-MD5', 'PLAIN ', 'constructor', '__proto__']) {
      assert.equal(await startExchange(name, { ...origin, binding: null }), null);
    }
  });
});
