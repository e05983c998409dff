// Every command with every role (`drey --as ADDRESS`), with objects of an own and of another domain: who may not is refused
// before anything happens, what is another domain's does not exist, and a refused command changes nothing.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { setMember } from '#lib/accounts/member.ts';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import type { Role } from '#lib/accounts/role.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { startWebSession } from '#lib/accounts/web-session.ts';
import { db, write } from '#lib/db.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { flushTrail, recordEvent } from '#lib/trail/record.ts';
import type { Input, Result } from '#server/cli/command.ts';
import { loadCommands } from '#server/cli/commands.ts';
import { runAs } from '#server/cli/staff.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const commands = await loadCommands();
const password = 'a nest of seven nuts';
const people: Record<Role, string> = {
  admin: 'root@own.test',
  'domain-admin': 'dora@own.test',
  'help-desk': 'hal@own.test',
  user: 'uma@own.test',
};
const others = ['domain-admin', 'help-desk', 'user'] as const;

/** What there is in one domain. */
type Things = { domain: string; user: string; entry: string };
type Call = { arguments: Input['arguments']; options?: Input['options'] };
/** "list": it shows what is there; "change": it needs an object; "empty": the object is there, and what it wants of it not */
type Kind = 'list' | 'change' | 'empty';

const call = (...words: (string | string[])[]): Call => ({ arguments: words });
const withPassword = { passwordStdin: true };

/** How the commands are called that others than super admins may, with what they need. What takes away goes last. */
const calls: Record<string, [Permission, Kind, (of: Things) => Call]> = {
  'domain list': ['domains', 'list', () => call()],
  'dkim create': ['domains', 'change', ({ domain }) => call(domain)],
  'dkim list': ['domains', 'change', ({ domain }) => call(domain)],
  'dkim check': ['domains', 'change', ({ domain }) => call(domain)],
  'dns check': ['domains', 'change', ({ domain }) => call(domain)],
  'dns zone': ['domains', 'change', ({ domain }) => call(domain)],
  'dkim activate': [
    'domains',
    'change',
    ({ domain }) => ({ arguments: [domain], options: { force: true } }),
  ],
  'dkim retire': ['domains', 'empty', ({ domain }) => call(domain, 'none')],
  'dkim rm': ['domains', 'empty', ({ domain }) => call(domain, 'none')],
  'user list': ['people', 'list', () => call('person')],
  'user add': [
    'users',
    'change',
    ({ domain }) => ({ arguments: [`new@${domain}`], options: withPassword }),
  ],
  'user set': ['users', 'change', ({ user }) => ({ arguments: [user], options: { name: 'P' } })],
  'user passwd': [
    'passwords',
    'change',
    ({ user }) => ({ arguments: [user], options: withPassword }),
  ],
  'user reset-link': ['passwords', 'change', ({ user }) => call(user)],
  'user sessions': ['sessions', 'change', ({ user }) => call(user)],
  'user sign-out': ['sessions', 'change', ({ user }) => call(user)],
  'user app-passwords': ['people', 'change', ({ user }) => call(user)],
  'user remove-app-password': ['users', 'empty', ({ user }) => call(user, 'none')],
  'user reset-second-factor': ['users', 'empty', ({ user }) => call(user)],
  'user sending': [
    'users',
    'change',
    ({ user }) => ({ arguments: [user], options: { release: true } }),
  ],
  'user pop3': ['users', 'change', ({ user }) => call(user)],
  'user defaults': ['users', 'change', ({ domain }) => call(domain)],
  'deleted list': ['users', 'change', ({ user }) => call(user)],
  'deleted restore': [
    'users',
    'empty',
    ({ user }) => ({ arguments: [user, 'INBOX'], options: { all: true } }),
  ],
  'user disable': ['users', 'change', ({ user }) => call(user)],
  'user enable': ['users', 'change', ({ user }) => call(user)],
  'alias list': ['aliases', 'list', () => call('')],
  'alias add': ['aliases', 'change', ({ domain }) => call(`second@${domain}`, ['x@outside.test'])],
  'alias set': ['aliases', 'change', ({ domain }) => call(`info@${domain}`, ['x@outside.test'])],
  'alias rm': ['aliases', 'change', ({ domain }) => call(`info@${domain}`)],
  'shared list': ['shared', 'list', () => call('')],
  'shared add': ['shared', 'change', ({ domain }) => call(`group@${domain}`)],
  'shared member': ['shared', 'change', ({ domain, user }) => call(`team@${domain}`, user)],
  'shared rm': ['shared', 'change', ({ domain }) => call(`team@${domain}`)],
  'shared restore': ['shared', 'change', ({ domain }) => call(`team@${domain}`)],
  'shared rename': ['shared', 'change', ({ domain }) => call(`team@${domain}`, `crew@${domain}`)],
  'queue list': ['queue', 'list', () => call('')],
  'queue show': ['queue', 'change', ({ entry }) => call(entry)],
  'queue retry': ['queue', 'change', ({ entry }) => call(entry)],
  events: ['trail', 'list', () => call('')],
  'user rm': ['users', 'change', ({ user }) => call(user)],
  'user restore': ['users', 'change', ({ user }) => call(user)],
  'user rename': ['users', 'change', ({ user }) => call(user, user.replace('@', '.new@'))],
};

/** For super admins alone. */
const closed = [
  'setup, setup-link, domain add, domain set, domain rm, domain footer, user import, user batch, user role, user roles',
  'network add, network list, network set, network rm, blocked list, blocked lift',
  'rule list, rule add, rule set, rule move, rule disable, rule enable, rule rm',
  'rewrite list, rewrite add, rewrite rm, import-map, user filters, user vacation',
  'directory add, directory list, directory remove, directory ldap',
  'settings list, settings get, settings set, settings reset',
  'config history, config undo, config keep, config nodes, config export, plan, apply',
  'route add, route set, route list, route move, route rm, route test',
  'queue hold, queue release, queue bounce, queue rm, queue all, queue reroute, queue pause, queue resume',
  'queue pauses, queue suppressed, queue allow, explain, checks, relay-test, doctor, tls-policy',
  'certificates list, certificates add, certificates replace, certificates order, certificates check',
  'certificates remove, certificates account',
  'dmarc domains, dmarc sources, dmarc reports, tls-reports',
  'health, jobs, jobs run',
  'import, export, squirrelmail import, deleted purge, check, listeners',
  'backup, backup list, backup verify, backup prune, backup find, restore, completion, complete',
  'tokens list, tokens add, tokens remove, webhooks list, webhooks add, webhooks set',
  'webhooks secret, webhooks test, webhooks remove',
].flatMap((line) => line.split(', '));

const refused = /There is no|not in the queue/;

describe('drey --as', () => {
  let close: () => Promise<void>;
  let mine: Things;
  let theirs: Things;
  const stdin = process.stdin;

  before(async () => {
    close = (await openTestDatabase()).close;
    [mine, theirs] = [await fill('own.test'), await fill('other.test')];
    for (const [role, address] of Object.entries(people) as [Role, string][]) {
      const { id } = await addAccount({ address, password }, 'test');
      const domains = role === 'domain-admin' || role === 'help-desk' ? ['own.test'] : [];
      if (role !== 'user') await giveRole(id, { role, domains }, 'test');
    }
  });
  after(async () => {
    Object.defineProperty(process, 'stdin', { value: stdin });
    process.exitCode = undefined;
    await flushTrail();
    await close();
  });

  async function fill(domain: string): Promise<Things> {
    await addDomain({ name: domain }, 'test');
    const user = `person@${domain}`;
    const { id } = await addAccount({ address: user, password }, 'test');
    await addAlias({ address: `info@${domain}`, targets: [user] }, 'test');
    const shared = await addSharedMailbox({ address: `team@${domain}` }, 'test');
    await setMember(shared.id, id, { mayWrite: true, maySend: false }, 'test');
    await startWebSession(id, { remote: '192.0.2.1', agent: '', isProven: false });
    recordEvent({ traceId: 'trace', kind: 'login', accountId: id, sender: user, text: 'web' });
    const recipients = [{ recipient: `x@outside.${domain}` }];
    const message = { blobId: 1, prefix: Buffer.alloc(0), sizeBytes: 7, sender: user, recipients };
    await write((tx) => enqueue(tx, { ...message, accountId: id, traceId: `trace ${domain}` }));
    const entry = await db.queueRecipient.findFirst({ where: { domain: `outside.${domain}` } });
    return { domain, user, entry: entry?.id ?? '' };
  }

  /** Everything that a command here could change. */
  async function look(): Promise<string> {
    const rows = await Promise.all([
      db.account.findMany({ orderBy: { id: 'asc' } }),
      db.alias.findMany({ orderBy: { id: 'asc' } }),
      db.aliasTarget.findMany({ orderBy: [{ aliasId: 'asc' }, { address: 'asc' }] }),
      db.member.findMany({ orderBy: [{ sharedId: 'asc' }, { memberId: 'asc' }] }),
      db.charge.findMany({ orderBy: { accountId: 'asc' } }),
      db.domain.findMany({ orderBy: { id: 'asc' } }),
      db.dkimKey.findMany({ orderBy: { id: 'asc' } }),
      db.webSession.findMany({ orderBy: { id: 'asc' } }),
      db.oneTimeToken.findMany({ orderBy: { id: 'asc' } }),
      db.queueRecipient.findMany({ orderBy: { id: 'asc' } }),
      db.setting.findMany({ orderBy: { id: 'asc' } }),
    ]);
    return JSON.stringify(rows, (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }

  function run(
    name: string,
    role: Role,
    { arguments: words, options = {} }: Call,
  ): Promise<Result> {
    const definition = commands.find((one) => one.name === name);
    assert.ok(definition, name);
    const value = Readable.from([Buffer.from('eleven brown leaves\n')], { objectMode: false });
    Object.defineProperty(process, 'stdin', { value, configurable: true });
    return runAs(definition, { arguments: words, options }, people[role]);
  }

  it('has a line for every command', () => {
    assert.deepEqual(
      commands.map(({ name }) => name).sort(),
      [...closed, ...Object.keys(calls)].sort(),
    );
    for (const { name, permission } of commands) assert.equal(permission, calls[name]?.[0], name);
  });

  it('loads all commands of a word with it', async () => {
    const namesOf = (definitions: typeof commands, word: string) =>
      definitions.map(({ name }) => name).filter((name) => name.split(' ')[0] === word);
    for (const word of new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))) {
      const loaded = await loadCommands(word);
      assert.deepEqual(namesOf(loaded, word), namesOf(commands, word), word);
    }
  });

  it('runs nothing for super admins alone as anybody else', async () => {
    const seen = await look();
    for (const name of closed) {
      for (const role of others) {
        await assert.rejects(run(name, role, call('x', 'y')), { reason: 'forbidden' }, name);
      }
    }
    assert.equal(await look(), seen);
  });

  it('acts as nobody who is not there, disabled or shared', async () => {
    const list = commands.find(({ name }) => name === 'user list');
    assert.ok(list);
    for (const address of ['nobody@own.test', 'team@own.test', '']) {
      await assert.rejects(runAs(list, { arguments: [], options: {} }, address), {
        reason: 'forbidden',
      });
    }
  });

  for (const [name, [permission, kind, make]] of Object.entries(calls)) {
    it(`${name}: another domain’s, and only with the permission`, async () => {
      const seen = await look();
      for (const role of others) {
        if (!mayRole(role, permission)) {
          await assert.rejects(run(name, role, make(mine)), { reason: 'forbidden' }, role);
        } else if (kind === 'list') {
          const text = JSON.stringify(await run(name, role, make(theirs)));
          assert.doesNotMatch(text, /other\.test/, role);
          assert.match(text, /own\.test/, role);
        } else {
          await assert.rejects(run(name, role, make(theirs)), refused, role);
        }
        const root = { ...mine, user: people.admin };
        if (mayRole(role, permission) && kind !== 'list' && make(root).arguments[0] === root.user) {
          await assert.rejects(run(name, role, make(root)), { reason: 'forbidden' }, role);
        }
      }
      assert.equal(await look(), seen, 'nothing has changed');
    });
  }

  it('does each in an own domain', async () => {
    for (const [name, [, kind, make]] of Object.entries(calls)) {
      if (/^(dkim check|dns)/.test(name)) continue; // They ask the DNS.
      const result = run(name, 'domain-admin', make(mine));
      if (kind === 'empty') await assert.rejects(result, /^(?!.*(no user|no domain))/s, name);
      else assert.ok(await result, name);
    }
  });

  it('gives no roles, and no more than the domain has', async () => {
    const add = (options: Input['options']) =>
      run('user add', 'domain-admin', {
        arguments: ['more@own.test'],
        options: { ...withPassword, ...options },
      });
    await assert.rejects(add({ admin: true }), { reason: 'forbidden' });
    await write((tx) =>
      tx.domain.update({ where: { name: 'own.test' }, data: { quotaBytes: 1000n } }),
    );
    await assert.rejects(add({ quota: '2000' }), { reason: 'forbidden' });
    await assert.rejects(add({ quota: '0' }), { reason: 'forbidden' });
    await add({ quota: '500' });
  });
});
