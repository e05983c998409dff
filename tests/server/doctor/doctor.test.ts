// The doctor at work: a name server, a time server and ports of the test's own; the report and what it remembers; the
// command line.
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { readDoctorReport } from '#lib/doctor/report.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import type { Result } from '#server/cli/command.ts';
import { doctorCommands } from '#server/cli/doctor.ts';
import { pretendInterfaces } from '#server/dns/own-addresses.ts';
import { type DoctorCheck, ok, problem, warning } from '#server/doctor/check.ts';
import { answerDoctor, checks, runDoctor } from '#server/doctor/index.ts';
import { lookAtBlockLists } from '#server/jobs/block-lists.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const address = '198.51.100.7';
const off = ['submission', 'submissions', 'imap', 'imaps', 'pop3', 'pop3s'];
const ntpEpoch = 2_208_988_800;

describe('the doctor', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let dns: FakeDns;
  let taken: Server;
  let time: Socket;
  /** What the time server is ahead, in seconds. */
  let ahead = 0;

  before(async () => {
    database = await openTestDatabase();
    dns = await startDns();
    await dns.use();
    taken = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    time = createSocket('udp4');
    time.on('message', (_question, { port, address: from }) => {
      const answer = Buffer.alloc(48);
      answer[0] = 0x24;
      answer.writeUInt32BE(Math.round(Date.now() / 1000) + ahead + ntpEpoch, 40);
      time.send(answer, port, from);
    });
    await new Promise<void>((resolve) => time.bind(0, '127.0.0.1', resolve));
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    await writeSetting('doctor.signedName', 'signed.test', 'test');
    await writeSetting('doctor.blockLists', ['list.test'], 'test');
    await writeSetting('doctor.timeServers', [`127.0.0.1:${time.address().port}`], 'test');
    await writeSetting('doctor.mailServers', [], 'test');
    pretendInterfaces(['192.168.1.7']);
    for (const name of off) await writeSetting(`listeners.${name}`, [], 'test');
    await writeSetting('listeners.smtp', [String(portOf(taken))], 'test');
    await addDomain({ name: 'own.test' }, 'test');
  });
  after(async () => {
    pretendInterfaces(null);
    time?.close();
    await new Promise((resolve) => taken?.close(resolve));
    await dns?.close();
    await database?.close();
  });
  afterEach(() => freezeClock(null));

  const look = async (id: string) => {
    const { outcomes } = await runDoctor([id]);
    const outcome = outcomes.find((each) => each.id === id);
    assert.ok(outcome);
    return outcome;
  };
  const verdict = async (id: string) => (await look(id)).verdict;

  it('asks the name server, and whether it validates', async () => {
    dns.zone = { 'signed.test': { A: [address], isSecure: true } };
    assert.equal(await verdict('resolver'), 'ok');
    dns.zone = { 'signed.test': { A: [address] } };
    assert.equal(await verdict('resolver'), 'warning');
    dns.zone = { 'signed.test': 'SERVFAIL' };
    assert.equal(await verdict('resolver'), 'problem');
  });

  it('follows the name of the server, and back', async () => {
    dns.zone = { 'mail.own.test': { A: [address] } };
    assert.match((await look('host-name')).found, /NAT/);
    pretendInterfaces([address]);
    assert.match((await look('host-name')).found, /this machine/);
    pretendInterfaces(['192.168.1.7']);
    assert.equal(await verdict('reverse-name'), 'problem');
    dns.zone['7.100.51.198.in-addr.arpa'] = { PTR: ['mail.own.test'] };
    assert.equal(await verdict('reverse-name'), 'ok');
  });

  it('asks block lists about the public address', async () => {
    // Of a name server that knows nothing no list is good.
    dns.zone = { 'mail.own.test': { A: [address] } };
    assert.equal(await verdict('block-lists'), 'unknown');
    dns.zone['2.0.0.127.list.test'] = { A: ['127.0.0.2'] };
    assert.equal(await verdict('block-lists'), 'ok');
    dns.zone['7.100.51.198.list.test'] = { A: ['127.0.0.2'] };
    assert.equal(await verdict('block-lists'), 'problem');
    assert.deepEqual(await lookAtBlockLists(), { listed: 1, unanswered: 0 }, 'the hourly look too');
    // RFC 5782 §2.1: the list does not answer this name server.
    dns.zone['7.100.51.198.list.test'] = { A: ['127.255.255.254'] };
    assert.equal(await verdict('block-lists'), 'unknown');
  });

  it('tries the way out', async () => {
    assert.equal(await verdict('outbound'), 'unknown');
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const port = portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    await writeSetting('doctor.mailServers', [`127.0.0.1:${port}`, 'gone.test'], 'test');
    const { verdict: said, fix } = await look('outbound');
    assert.equal(said, 'problem');
    assert.match(fix, /smart host/);
    await writeSetting('doctor.mailServers', [`127.0.0.1:${portOf(taken)}`], 'test');
    assert.equal(await verdict('outbound'), 'ok');
  });

  it('compares the clock', async () => {
    assert.equal(await verdict('clock'), 'ok');
    ahead = 300;
    assert.match((await look('clock')).found, /slow/);
    ahead = 0;
  });

  it('knocks at the own ports', async () => {
    assert.equal(await verdict('ports'), 'warning');
    await writeSetting('listeners.imaps', ['1'], 'test');
    assert.equal(await verdict('ports'), 'problem');
    await writeSetting('listeners.imaps', [], 'test');
  });

  it('looks at the records of the domains', async () => {
    dns.zone = {};
    const { verdict: said, found } = await look('domains');
    assert.equal(said, 'problem');
    assert.match(found, /own\.test \(MX\)/);
  });

  it('answers of every check, also where it knows nothing', async () => {
    const { outcomes } = await runDoctor();
    assert.deepEqual(
      outcomes.map(({ id }) => id),
      checks.map(({ id }) => id),
    );
    for (const id of ['database', 'migrations', 'disk', 'queue', 'jobs']) {
      assert.notEqual(outcomes.find((each) => each.id === id)?.verdict, 'unknown', id);
    }
  });

  it('remembers since when a check says so, and what was not asked again', async () => {
    let said = ok('Well.');
    const list = ['one', 'two'].map(
      (id): DoctorCheck => ({ id, title: id, looksAt: '', run: async () => said }),
    );
    freezeClock(new Date('2026-11-21T10:00:00Z'));
    await runDoctor(undefined, list);
    freezeClock(new Date('2026-11-21T11:00:00Z'));
    await runDoctor(undefined, list);
    said = problem('Ill.', 'Rest.');
    freezeClock(new Date('2026-11-21T12:00:00Z'));
    const { outcomes } = await runDoctor(['two'], list);
    assert.deepEqual(
      outcomes.map(({ verdict: what, at, since }) => [what, at.slice(11, 13), since.slice(11, 13)]),
      [
        ['ok', '11', '10'],
        ['problem', '12', '12'],
      ],
    );
    assert.deepEqual((await readDoctorReport())?.at, now());
  });

  it('says of a check that breaks what broke, and lets the others speak', async () => {
    const broken: DoctorCheck = {
      id: 'broken',
      title: 'Broken',
      looksAt: '',
      run: () => Promise.reject(new Error('out of order')),
    };
    const { outcomes } = await runDoctor(undefined, [
      broken,
      { ...broken, id: 'other', run: async () => warning('So so.', 'Rest.') },
    ]);
    assert.deepEqual(
      outcomes.map(({ verdict: what }) => what),
      ['unknown', 'warning'],
    );
    assert.match(outcomes[0]?.found ?? '', /out of order/);
  });

  it('refuses what is no question', async () => {
    const refused = (reason: 'invalid' | 'not-found') => (error: unknown) =>
      isRefusal(error, reason);
    await assert.rejects(answerDoctor({ ids: [7] }), refused('invalid'));
    await assert.rejects(answerDoctor({ ids: ['nothing'] }), refused('not-found'));
  });

  it('speaks in the terminal, as text and as JSON, with an exit code', async () => {
    const run = (options: Record<string, string | boolean>): Promise<Result> | undefined =>
      doctorCommands[0]?.run({ arguments: [], options });
    const before = process.exitCode;
    dns.zone = {};
    const shown = await run({ only: 'domains,clock' });
    assert.equal(process.exitCode, 1);
    process.exitCode = before;
    assert.ok(shown && 'text' in shown);
    assert.match(shown.text, /^PROBLEM {2}DNS of the domains .*\n.*→ Admin/m);
    assert.match(shown.text, /^OK +Clock/m);
    const json = await run({ only: 'clock', json: true });
    assert.ok(json && 'rows' in json);
    assert.deepEqual(
      json.rows.map(({ id }) => id),
      ['clock'],
    );
    assert.equal(process.exitCode, before);
  });

  it('hears of a job that fails, and that it works again', async () => {
    const where = { node_name: { node: 'here', name: 'test-job' } };
    const run = { startedAt: now(), tookMs: 1, nextAt: now() };
    const bad = { ...run, isGood: false, error: 'no such table' };
    await write((tx) => tx.jobRun.create({ data: { ...where.node_name, ...bad } }));
    assert.match((await look('jobs')).found, /test-job \(no such table/);
    await write((tx) => tx.jobRun.update({ where, data: { isGood: true, error: '' } }));
    assert.equal(await verdict('jobs'), 'ok');
  });
});

function portOf(server: Server): number {
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
}
