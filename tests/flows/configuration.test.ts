// Two daemons on one database: what is changed beside one is read by both, and a risky change that nobody confirms goes back,
// also where the daemon that would have done it is gone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type Postgresql, postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';
import { askRecipient } from '#tests/support/smtp-dialogue.ts';

type Node = { pid: number; revision: number };
type Revision = { id: number; undoes: number | null; by: string; reason: string };

describe('two daemons on one database', { skip: postgresqlMissing() }, () => {
  let database: Postgresql;
  const daemons: Daemon[] = [];
  const start = async (env: Record<string, string> = {}) => {
    const daemon = await startDaemon({ DATABASE_URL: database.urlOf(), ...env });
    daemons.push(daemon);
    return daemon;
  };
  before(async () => {
    database = await startPostgresql();
  });
  after(async () => {
    for (const daemon of daemons) await daemon.stop();
    await database?.stop();
  });

  const listNodes = (daemon: Daemon) => daemon.dreyJson(['config', 'nodes']) as Promise<Node[]>;
  const listHistory = (daemon: Daemon) =>
    daemon.dreyJson(['config', 'history']) as Promise<Revision[]>;
  const networks = async (daemon: Daemon) =>
    ((await daemon.dreyJson(['settings', 'get', 'web.adminNetworks'])) as { value: string[] })
      .value;

  it('both read a change, and say so', async () => {
    const one = await start();
    const other = await start();
    await one.dreyJson(
      ['setup', '--admin', 'ada@example.test', '--password-stdin'],
      'a nest of seven nuts',
    );
    await one.dreyJson(['alias', 'add', 'team@example.test', 'ada@example.test']);
    const [last] = await listHistory(one);
    assert.ok(last);
    await waitFor(
      async () => (await listNodes(one)).every(({ revision }) => revision >= last.id),
      'both to have read it',
    );
    const pids = (await listNodes(one)).map(({ pid }) => pid);
    assert.deepEqual(pids.sort(), [one.process.pid, other.process.pid].sort());
    for (const { ports } of [one, other]) {
      assert.match(await askRecipient(ports.smtp, 'team@example.test'), /^250 /);
    }
    await other.dreyJson(['config', 'undo', String(last.id), '--reason', 'not wanted']);
    assert.match(await askRecipient(one.ports.smtp, 'team@example.test'), /^550 /);
    const [undone] = await listHistory(one);
    assert.deepEqual([undone?.undoes, undone?.reason], [last.id, 'not wanted']);
  });

  it('forget the one that ends', async () => {
    const [, other] = daemons;
    await other?.stop();
    daemons.splice(1, 1);
    const [one] = daemons;
    assert.ok(one);
    await waitFor(async () => (await listNodes(one)).length === 1, 'one node');
  });

  it('keep a risky change that is confirmed', async () => {
    const [one] = daemons;
    assert.ok(one);
    const set = await one.drey(['settings', 'set', 'web.adminNetworks', '10.0.0.0/8']);
    assert.match(set.stdout, /goes back at .*drey config keep/s);
    assert.match((await one.drey(['config', 'keep'])).stdout, /Kept/);
    assert.equal((await one.drey(['config', 'keep'])).code, 1, 'nothing waits any more');
    await one.drey(['settings', 'set', 'web.adminNetworks', '10.0.0.0/8', '127.0.0.1', '--keep']);
    assert.equal((await one.drey(['config', 'keep'])).code, 1);
    assert.deepEqual(await networks(one), ['10.0.0.0/8', '127.0.0.1']);
  });

  it('take back what nobody confirms, after a crash too', async () => {
    const hasty = await start({ DREY_TEST_CONFIRM_MS: '200' });
    const goesBack = async (daemon: Daemon, value: string) => {
      const before = await networks(daemon);
      await daemon.drey(['settings', 'set', 'web.adminNetworks', value]);
      const first = (await listHistory(daemon)).find(({ by }) => by !== 'server');
      return async (now: Daemon) => {
        await waitFor(
          async () => (await listHistory(now))[0]?.undoes === first?.id,
          'the change to go back',
        );
        assert.deepEqual(await networks(now), before);
        assert.equal((await listHistory(now))[0]?.by, 'server');
      };
    };
    await (await goesBack(hasty, '192.0.2.0/24'))(hasty);
    for (const daemon of daemons) {
      const gone = once(daemon.process, 'exit');
      daemon.process.kill('SIGKILL');
      await gone;
    }
    const look = await goesBack(hasty, '198.51.100.0/24');
    assert.deepEqual(await networks(hasty), ['198.51.100.0/24'], 'there is nobody to take it back');
    await look(await start());
  });
});
