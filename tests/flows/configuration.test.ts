// Two daemons on one database: what is changed beside one is read by both, and a risky change that nobody confirms goes back,
// also where the daemon that would have done it is gone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { SettingKey } from '#lib/settings/index.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { type Postgresql, postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';
import { askRecipient, stranger } from '#tests/support/smtp-dialogue.ts';
import { readActions, visit } from '#tests/support/web-client.ts';
import { saveSetting } from './settings/world.ts';

const admin = 'ada@example.test';
const password = 'a nest of seven nuts';
/** Of addresses that no other process of these tests has. */
const net = `127.${64 + (process.pid % 128)}.${(process.pid >> 7) % 250}`;

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
    // Each with an address of its own, and POP3 where the settings say.
    const one = await start({ DREY_BIND: `${net}.1`, DREY_POP3_PORT: '' });
    const other = await start({ DREY_BIND: `${net}.2`, DREY_POP3_PORT: '' });
    await one.dreyJson(['setup', '--admin', admin, '--password-stdin'], password);
    await one.dreyJson(['alias', 'add', 'team@example.test', admin]);
    const [last] = await listHistory(one);
    assert.ok(last);
    await waitFor(
      async () => (await listNodes(one)).every(({ revision }) => revision >= last.id),
      'both to have read it',
    );
    const pids = (await listNodes(one)).map(({ pid }) => pid);
    assert.deepEqual(pids.sort(), [one.process.pid, other.process.pid].sort());
    for (const { ports, host } of [one, other]) {
      assert.match(await askRecipient(ports.smtp, 'team@example.test', { host }), /^250 /);
    }
    await other.dreyJson(['config', 'undo', String(last.id), '--reason', 'not wanted']);
    const { host } = one;
    assert.match(await askRecipient(one.ports.smtp, 'team@example.test', { host }), /^550 /);
    const [undone] = await listHistory(one);
    assert.deepEqual([undone?.undoes, undone?.reason], [last.id, 'not wanted']);
  });

  it('follow the panel of the other: a setting, a rule, a listener', async (test) => {
    const [one, other] = daemons;
    assert.ok(one && other);
    await waitHealthy(one.url);
    const panel = await visit(one.url, { address: admin, password });
    /** How long after the answer to the panel a client of the other one sees it, for people to read. */
    const see = async (what: string, isSeen: () => Promise<boolean>) => {
      const since = performance.now();
      await waitFor(isSeen, what);
      test.diagnostic(`${what}: ${Math.round(performance.now() - since)} ms`);
    };
    const set = async (key: SettingKey, typed: string) =>
      assert.equal((await saveSetting(panel, key, typed)).status, 'ok', key);

    await set('smtp.banner', 'nest.example.test of two');
    const greeting = async () => {
      const client = connectLines(other.ports.smtp, stranger, other.host);
      const said = await client.expect(/^220 .*\r\n/);
      client.close();
      return said;
    };
    await see('the setting', async () => (await greeting()).includes('nest.example.test of two'));

    const rule = readActions().get('app/(admin)/admin/access/actions.ts#addAccessRuleAction');
    assert.ok(rule);
    const fields = { scope: 'sender', pattern: '@far.test', action: 'reject', isEnabled: 'on' };
    const { returned } = await panel.act(rule, fields);
    assert.equal((returned as { status: string }).status, 'ok', JSON.stringify(returned));
    const ask = () => askRecipient(other.ports.smtp, admin, { host: other.host });
    await see('the rule', async () => /^5\d\d /.test(await ask()));

    const port = 12_110;
    await set('listeners.pop3', String(port));
    for (const { host } of [other, one]) {
      await see('the listener', async () => {
        const client = connectLines(port, '127.0.0.1', host);
        const said = await client.expect(/^\+OK /).catch(() => '');
        client.close();
        return said !== '';
      });
    }
    await one.drey(['config', 'keep']);
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
