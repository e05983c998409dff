// A real system for the proofs of settings: each is changed by the panel's own action, posted over HTTP by a signed-in
// administrator as the browser does it, and seen in force by a client of its own kind, without restart.
//
//   prove('smtp.banner', async ({ set, smtp }) => { … })
//
// coverage.test.ts finds these calls by their text and fails for a key of the registry without one.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, it } from 'node:test';
import type { ImapFlow } from 'imapflow';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { SettingKey } from '#lib/settings/index.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { withImap } from '#tests/support/imap-client.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { type Call, readActions, type Visitor, visit } from '#tests/support/web-client.ts';

export const password = 'a nest of seven nuts';
export const admin = 'root@own.test';
export const ada = 'ada@own.test';
export const bob = 'bob@own.test';
/** A peer from there is no trusted network. */
export const stranger = '127.0.0.9';

export type World = {
  daemon: Daemon;
  dns: FakeDns;
  /** The signed-in administrator. */
  panel: Visitor;
  /** Saves what is typed into the field of `key`; "on" or "off" for a switch. */
  set(key: SettingKey, typed: string): Promise<void>;
  /** What the form says to a value that does not fit. */
  refuse(key: SettingKey, typed: string): Promise<string>;
  /** "Back to default". */
  reset(key: SettingKey): Promise<void>;
  /** Another action of the panel, "queue/actions.ts#pauseAction"; what it returned. */
  act(name: string, call: Call): Promise<unknown>;
  /** Runs a job to its end, by the button of the panel. */
  runJob(name: string): Promise<void>;
  /** Connections that end with the proof. */
  clients: LineClient[];
  /** What a proof has opened beside them, closed when it is over or has failed. */
  atEnd: (() => unknown)[];
  /** Port 25 after its greeting, which `greeting` has; from a stranger unless told otherwise. */
  smtp(from?: string): Promise<LineClient & { greeting: string }>;
  /** Behind EHLO and MAIL. */
  mail(sender?: string, from?: string): Promise<LineClient>;
  /** A whole mail by port 25; the last reply. */
  bring(lines: string[], options?: Bring): Promise<string>;
  /** Hands a mail in at submission as `user`. */
  submit(user: string, mail: SendMailOptions): Promise<void>;
  imap<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T>;
  /** The whole text of the first mail of a folder that matches, as soon as it is there. */
  read(user: string, pattern: RegExp, folder?: string): Promise<string>;
  /** Rows of the database, for the facts that no client is told (an event, a planned time). */
  select(query: string, ...values: string[]): Record<string, unknown>[];
  /** Changes rows behind the back of the server, as if time had passed. */
  alter(query: string, ...values: string[]): void;
  /** As soon as there is one. */
  event(kind: string, where?: string): Promise<Record<string, unknown>>;
};

/** So many hours ago, as the database writes times. */
export const hoursAgo = (hours: number) =>
  new Date(Date.now() - hours * 3_600_000).toISOString().replace('Z', '+00:00');

export type Bring = { from?: string; sender?: string; to?: string[] };

const reply = /^\d{3} .*\r\n/m;

let actions: ReturnType<typeof readActions> | null = null;

/** An action of the panel, "queue/actions.ts#pauseAction". */
function actionOf(name: string) {
  actions ??= readActions();
  const action = actions.get(`app/(admin)/admin/${name}`);
  assert.ok(action, `${name} is not in the build`);
  return action;
}

const settingAction = (name: string) => ({
  ...actionOf(`settings/actions.ts#${name}`),
  page: '/admin/settings/server',
});

/** `fields`: what is said beside the field. */
export type FormAnswer = { status: string; text?: string; fields?: Record<string, string> };

/** Types into the field of `key` and presses "Save", as the form of the panel does; "off" for a switch that is off. */
export async function saveSetting(
  panel: Visitor,
  key: SettingKey,
  typed: string,
): Promise<FormAnswer> {
  // A switch that is off sends nothing.
  const fields: Call = { key, ...(typed === 'off' ? {} : { value: typed }) };
  return (await panel.act(settingAction('saveSettingAction'), fields)).returned as FormAnswer;
}

/** The world of a test file, and where it says what it proves. Changed settings go back after each proof. */
export function openWorld(options: Start & { lines?: string[][] } = {}) {
  let world: World;
  /** The last one first, also when the start fails on its way. */
  const ends: (() => unknown)[] = [];
  const changed = new Set<SettingKey>();
  before(async () => {
    world = await startWorld(options, changed, ends);
    for (const line of options.lines ?? []) await world.daemon.dreyJson(line, `${password}\n`);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  /** `skip`: why it cannot be proven on this machine. */
  return function prove(
    key: SettingKey | SettingKey[],
    proof: (world: World) => Promise<void>,
    skip = '',
  ) {
    it([key].flat().join(', '), { timeout: 300_000, skip: skip || false }, async () => {
      try {
        await proof(world);
      } finally {
        for (const client of world.clients.splice(0)) client.close();
        for (const close of world.atEnd.splice(0)) await close();
        for (const each of changed) await world.reset(each);
        changed.clear();
      }
    });
  };
}

/** `flags`: of the daemon's Node. */
type Start = { env?: Record<string, string>; flags?: string[] };

async function startWorld(
  { env, flags }: Start,
  changed: Set<SettingKey>,
  ends: (() => unknown)[],
): Promise<World> {
  const dns = await startDns({ 'own.test': { MX: ['10 mail.own.test'] } });
  ends.push(dns.close);
  const daemon = await startDaemon({ DREY_LOG_LEVEL: 'info', ...env }, flags);
  ends.push(daemon.stop);
  const people = ['setup', '--admin', admin, '--password-stdin'];
  await daemon.dreyJson(people, `${password}\n`);
  for (const user of [ada, bob]) {
    await daemon.dreyJson(['user', 'add', user, '--password-stdin'], `${password}\n`);
  }
  await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
  await waitHealthy(daemon.url);
  const panel = await visit(daemon.url, { address: admin, password });
  const file = readdirSync(daemon.folder).find((name) => name.endsWith('.db')) ?? '';
  const database = new DatabaseSync(join(daemon.folder, file), { timeout: 30_000 });
  ends.push(() => database.close());

  const clients: LineClient[] = [];
  const save = (key: SettingKey, typed: string) => saveSetting(panel, key, typed);
  const smtp: World['smtp'] = async (from = stranger) => {
    const client = connectLines(daemon.ports.smtp, from);
    clients.push(client);
    const greeting = await client.expect(/^\d{3}[ -].*\r\n/m);
    return Object.assign(client, { greeting });
  };
  const mail: World['mail'] = async (sender = 'olive@far.test', from = stranger) => {
    const client = await smtp(from);
    await client.ask('EHLO client.test', /^250 .*\r\n/m);
    await client.ask(`MAIL FROM:<${sender}>`, /^250 .*\r\n/m);
    return client;
  };
  const world: World = {
    ...{ daemon, dns, panel, clients, atEnd: [], smtp, mail },
    set: async (key, typed) => {
      const state = await save(key, typed);
      assert.equal(state?.status, 'ok', `${key}: ${JSON.stringify(state)}`);
      changed.add(key);
    },
    refuse: async (key, typed) => {
      const state = await save(key, typed);
      assert.equal(state?.status, 'error', `${key}: ${JSON.stringify(state)}`);
      return JSON.stringify(state);
    },
    reset: async (key) => {
      // What every proof needs.
      if (key === 'delivery.dnsServers') return void (await save(key, dns.server));
      const { status, returned } = await panel.act(settingAction('resetSettingAction'), [key]);
      assert.equal(status, 200, `${key}: ${JSON.stringify(returned)}`);
    },
    act: async (name, call) => {
      return (await panel.act(actionOf(name), call)).returned;
    },
    runJob: async (name) =>
      assert.equal(await world.act('jobs/actions.ts#runJobAction', [name]), undefined, name),
    bring: async (lines, { from, sender, to = [ada] } = {}) => {
      const client = await mail(sender, from);
      for (const recipient of to) await client.ask(`RCPT TO:<${recipient}>`, reply);
      const answer = await client.ask('DATA', reply);
      if (!/^354/m.test(answer)) return answer.trim();
      const said = await client.ask(`${lines.join('\r\n')}\r\n.`, reply);
      client.close();
      return said.trim();
    },
    submit: async (user, given) => {
      const transport = createTransport({
        host: '127.0.0.1',
        port: daemon.ports.submission,
        auth: { user, pass: password },
        tls: { rejectUnauthorized: false },
      });
      try {
        await transport.sendMail({ from: user, text: 'Hello', ...given });
      } finally {
        transport.close();
      }
    },
    imap: (user, work) => withImap(daemon.ports.imap, { address: user, password }, work),
    read: (user, pattern, folder = 'INBOX') =>
      waitFor(
        () =>
          world.imap(user, async (client) => {
            const { exists } = await client.mailboxOpen(folder);
            const texts = exists > 0 ? await client.fetchAll('1:*', { source: true }) : [];
            return texts
              .map(({ source }) => source?.toString('latin1') ?? '')
              .find((text) => pattern.test(text));
          }),
        `${pattern} in ${folder} of ${user}`,
      ),
    select: (query, ...values) =>
      database.prepare(query).all(...values) as Record<string, unknown>[],
    alter: (query, ...values) => void database.prepare(query).run(...values),
    event: (kind, where = '1') =>
      waitFor(
        () => world.select(`SELECT * FROM "TrailEvent" WHERE "kind" = ? AND ${where}`, kind).at(-1),
        `an event "${kind}" where ${where}`,
      ),
  };
  return world;
}
