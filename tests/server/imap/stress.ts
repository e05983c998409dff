// Several clients at once do random things to the same mailboxes over real sockets, each from a seed. Now and
// then all stop and say NOOP: then what each was told (stress-client.ts) must be what the database holds.
import assert from 'node:assert/strict';
import { FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { type ImapServer, password } from '#tests/support/imap-server.ts';
import { createRandom, type Random } from '#tests/support/random.ts';
import { eachUid, type FlagChange, normalize, type Slot, StressClient } from './stress-client.ts';

export type StressOptions = {
  seed: number;
  clients: number;
  /** Rounds until all stop and compare; each client does `steps` commands in one. */
  rounds: number;
  steps: number;
  /** Ends earlier when this says so. */
  isOver?: () => boolean;
};

const mailboxes = ['INBOX', 'Archive', 'stress'];
const words = ['\\Seen', '\\Flagged', '\\Answered', '\\Draft', 'work', '$Label1'];
/** A mailbox is kept about this large. */
const aboutMessages = 40;
const bits: [number, string][] = [
  [FLAG.seen, '\\Seen'],
  [FLAG.answered, '\\Answered'],
  [FLAG.flagged, '\\Flagged'],
  [FLAG.deleted, '\\Deleted'],
  [FLAG.draft, '\\Draft'],
];

/** Which message a UID of a mailbox is, as APPENDUID and COPYUID told. */
class World {
  readonly subjects = new Map(mailboxes.map((name) => [name, new Map<number, string>()]));
  readonly gone = new Map(mailboxes.map((name) => [name, new Set<number>()]));
  commands = 0;
  #made = 0;

  makeSubject(): string {
    return `s${++this.#made}`;
  }

  add(mailbox: string, uid: number, subject: string): void {
    const known = this.subjects.get(mailbox)!;
    assert.ok(!known.has(uid), `UID ${uid} of ${mailbox} was given twice`);
    known.set(uid, subject);
  }

  /** COPYUID: from, to. */
  addCopies(from: string, to: string, code: string): void {
    const [, , source = '', target = ''] = code.split(' ');
    const targets = [...eachUid(target)];
    const sources = [...eachUid(source)];
    assert.equal(sources.length, targets.length, code);
    for (const [at, uid] of sources.entries()) {
      const subject = this.subjects.get(from)!.get(uid);
      // Another client's APPEND may not have been read yet by us.
      this.add(to, targets[at]!, subject ?? '?');
    }
  }
}

/** Runs the whole; rejects with the seed, the client and its last lines. Resolves to the number of commands. */
export async function runStress(server: ImapServer, options: StressOptions): Promise<number> {
  const { seed } = options;
  const user = await server.addUser(`stress.${seed}`);
  const world = new World();
  const clients: StressClient[] = [];
  try {
    for (let at = 0; at < options.clients; at++) {
      clients.push(await signIn(server, user.address, `c${at}x`, at % 3 === 2));
    }
    await clients[0]!.ask('CREATE stress');
    const randoms = clients.map((_client, at) => createRandom(seed * 1000 + at));
    for (let round = 0; round < options.rounds && !options.isOver?.(); round++) {
      const acts = clients.map((client, at) => act(client, world, randoms[at]!, options.steps));
      // All of them end before this does, also where one fails.
      const outcomes = await Promise.allSettled(acts);
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure) throw failure.reason;
      for (const client of clients) await compare(client, world, user.id);
    }
    return world.commands;
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
  } finally {
    for (const client of clients) client.end();
  }
}

async function signIn(server: ImapServer, address: string, name: string, wantsQresync: boolean) {
  const client = new StressClient(name, await server.connect(), wantsQresync);
  const { code } = await client.ask(`LOGIN ${address} "${password}"`);
  if (wantsQresync) {
    assert.match(code, / QRESYNC( |$)/);
    await client.ask('ENABLE QRESYNC');
  }
  return client;
}

type Step = (client: StressClient, world: World, random: Random) => Promise<unknown>;

async function act(client: StressClient, world: World, random: Random, steps: number) {
  for (let step = 0; step < steps; step++) {
    world.commands++;
    if (client.mailbox === null || random.chance(0.04)) await select(client, world, random);
    else await random.pick(weighted)(client, world, random);
  }
}

const select: Step = async (client, _world, random) => {
  if (client.mailbox && random.chance(0.3)) {
    await learn(client);
    await client.leave('UNSELECT');
  } else if (client.mailbox && random.chance(0.2)) {
    // CLOSE removes what is marked, silently.
    await learn(client);
    await client.leave('CLOSE');
  }
  await learn(client);
  await client.select(random.pick(mailboxes));
  await learn(client);
};

/** Asks for the UIDs and flags of numbers that are only numbers yet. */
async function learn(client: StressClient): Promise<void> {
  const first = client.slots.findIndex(({ uid, flags }) => uid === 0 || flags === null);
  if (client.mailbox && first >= 0) await client.ask(`FETCH ${first + 1}:* (UID FLAGS)`);
}

const append: Step = async (client, world, random) => {
  const mailbox = random.pick(mailboxes);
  if (world.subjects.get(mailbox)!.size - world.gone.get(mailbox)!.size > aboutMessages) return;
  const subjects = Array.from({ length: 1 + random.below(3) }, () => world.makeSubject());
  const pieces = subjects.map((subject) => {
    const text = `Subject: ${subject}\r\n\r\nbody\r\n`;
    const flags = random.chance(0.5) ? `(${random.pick(words)}) ` : '';
    return `${flags}{${text.length}+}\r\n${text}`;
  });
  const { status, code } = await client.ask(`APPEND ${mailbox} ${pieces.join(' ')}`);
  assert.equal(status, 'OK');
  const uids = [...eachUid(code.split(' ')[2] ?? '')];
  assert.equal(uids.length, subjects.length, code);
  for (const [at, uid] of uids.entries()) world.add(mailbox, uid, subjects[at]!);
};

function pickSlots(client: StressClient, random: Random): { from: number; slots: Slot[] } | null {
  const { slots } = client;
  if (slots.length === 0) return null;
  const from = random.below(slots.length);
  const picked = slots.slice(from, from + 1 + random.below(4));
  return picked.some(({ uid }) => uid === 0) ? null : { from, slots: picked };
}

/** A set of numbers or of UIDs, the command's first word, and the UIDs. */
function pickSet(client: StressClient, random: Random) {
  const picked = pickSlots(client, random);
  if (!picked) return null;
  const uids = picked.slots.map(({ uid }) => uid);
  if (random.chance(0.5)) return { prefix: 'UID ', set: uids.join(','), uids };
  return { prefix: '', set: `${picked.from + 1}:${picked.from + uids.length}`, uids };
}

const store: Step = async (client, _world, random) => {
  const picked = pickSet(client, random);
  if (!picked) return learn(client);
  const change: FlagChange = {
    mode: random.pick(['+', '+', '-', '']),
    words: [random.pick(words), ...(random.chance(0.25) ? ['\\Deleted'] : [])],
  };
  const isSilent = random.chance(0.5);
  const text = `${picked.prefix}STORE ${picked.set} ${change.mode}FLAGS${isSilent ? '.SILENT' : ''} (${change.words.join(' ')})`;
  await client.ask(text, isSilent ? { uids: new Set(picked.uids), change } : undefined);
};

const expunge: Step = async (client, _world, random) => {
  const picked = random.chance(0.5) ? pickSlots(client, random) : null;
  if (!picked) return client.ask('EXPUNGE');
  return client.ask(`UID EXPUNGE ${picked.slots.map(({ uid }) => uid).join(',')}`);
};

const copy: Step = async (client, world, random) => {
  const target = random.pick(mailboxes);
  const picked = pickSet(client, random);
  if (!picked || world.subjects.get(target)!.size - world.gone.get(target)!.size > aboutMessages) {
    return learn(client);
  }
  const from = client.mailbox!;
  const { status, code } = await client.ask(`${picked.prefix}COPY ${picked.set} ${target}`);
  if (status === 'OK' && code) world.addCopies(from, target, code);
};

const move: Step = async (client, world, random) => {
  const picked = pickSet(client, random);
  if (!picked) return learn(client);
  const from = client.mailbox!;
  const target = random.pick(mailboxes.filter((name) => name !== from));
  const reply = await client.ask(`${picked.prefix}MOVE ${picked.set} ${target}`);
  for (const line of reply.lines) {
    const code = /^\* OK \[(COPYUID [^\]]*)\]/.exec(line)?.[1];
    if (code) world.addCopies(from, target, code);
  }
};

const fetch: Step = async (client, world, random) => {
  const picked = pickSet(client, random);
  if (!picked) return learn(client);
  const section = random.chance(0.3) ? 'BODY[HEADER]' : 'BODY.PEEK[HEADER.FIELDS (SUBJECT)]';
  const mailbox = client.mailbox!;
  const reply = await client.ask(`${picked.prefix}FETCH ${picked.set} (UID ${section})`);
  for (const line of reply.lines) {
    const told = /\(UID (\d+) .*Subject: (\w+)\r\n/s.exec(line);
    if (!told) continue;
    const subject = world.subjects.get(mailbox)!.get(Number(told[1]));
    if (subject && subject !== '?') assert.equal(told[2], subject, `UID ${told[1]} of ${mailbox}`);
  }
};

const search: Step = async (client, _world, random) => {
  const key = random.pick([
    'ALL',
    'SEEN',
    'UNDELETED',
    'KEYWORD work',
    'SUBJECT s1',
    'NOT FLAGGED',
  ]);
  const isUid = random.chance(0.5);
  const reply = await client.ask(`${isUid ? 'UID ' : ''}SEARCH ${key}`);
  const line = reply.lines.find((text) => text.startsWith('* SEARCH'));
  assert.ok(line !== undefined, 'SEARCH without an answer');
  const found = line.split(' ').slice(2).map(Number);
  for (const [at, value] of found.entries()) {
    assert.ok(at === 0 || found[at - 1]! < value, line);
    if (!isUid) assert.ok(value <= client.slots.length, line);
  }
};

const idle: Step = (client, _world, random) =>
  client.idle(() => new Promise((resolve) => setTimeout(resolve, random.below(20))));

const noop: Step = (client) => client.ask('NOOP');

/** Several in one packet, none of which goes by numbers. */
const hurry: Step = async (client, _world, random) => {
  const picked = pickSlots(client, random);
  const uids = picked?.slots.map(({ uid }) => uid).join(',') ?? '1';
  await client.run(
    { text: `UID FETCH ${uids} (FLAGS)` },
    { text: 'NOOP' },
    { text: `UID STORE ${uids} +FLAGS (${random.pick(words)})` },
    { text: 'STATUS Archive (MESSAGES UIDNEXT)' },
    { text: 'UID SEARCH ALL' },
  );
};

const weighted: Step[] = [
  ...[append, append, append, append, store, store, store, store, store, fetch, fetch, fetch],
  ...[learn, learn, learn, search, search, copy, copy, move, expunge, expunge, idle, noop, hurry],
];

/** What the client believes against what is. */
async function compare(client: StressClient, world: World, accountId: string): Promise<void> {
  if (!client.mailbox) return;
  await client.ask('NOOP');
  await learn(client);
  const mailbox = await findMailbox(accountId, client.mailbox);
  assert.ok(mailbox);
  const { roll } = await readView(accountId, mailbox.id);
  const what = `${client.name} in ${client.mailbox}`;
  const history = () => `\n${client.tellHistory()}`;
  const expected = [...roll.uids].map((uid, at) => {
    const { flags, keywords } = roll.entryAt(at);
    const set = bits.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
    return `${uid} ${normalize([...set, ...keywords.split(' ')])}`;
  });
  const believed = client.slots.map(({ uid, flags }) => `${uid} ${flags}`);
  try {
    assert.deepEqual(believed, expected, what);
  } catch (error) {
    throw new Error(`${(error as Error).message}${history()}`);
  }
  const gone = world.gone.get(client.mailbox)!;
  for (const [name, uid] of client.gone) {
    const isHere = name === client.mailbox && roll.indexOf(uid) >= 0;
    assert.ok(!isHere, `${what}: UID ${uid} was told gone`);
  }
  for (const [uid, subject] of world.subjects.get(client.mailbox)!) {
    if (roll.indexOf(uid) < 0) gone.add(uid);
    else assert.ok(!gone.has(uid), `${what}: UID ${uid} (${subject}) came back`);
  }
  for (const uid of roll.uids) {
    assert.ok(world.subjects.get(client.mailbox)!.has(uid), `${what}: UID ${uid} from nowhere`);
  }
  const [status, found] = await Promise.all([
    client.ask(`STATUS ${client.mailbox} (MESSAGES UNSEEN UIDNEXT)`),
    client.ask('UID SEARCH FLAGGED'),
  ]);
  const unseen = [...roll.flags].filter((flags) => (flags & FLAG.seen) === 0).length;
  assert.match(status.lines[0] ?? '', new RegExp(`MESSAGES ${roll.size} UNSEEN ${unseen} `), what);
  const flagged = [...roll.uids].filter((_uid, at) => (roll.flags[at]! & FLAG.flagged) !== 0);
  assert.equal(found.lines[0], ['* SEARCH', ...flagged].join(' '), what);
}
