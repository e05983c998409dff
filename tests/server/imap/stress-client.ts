// A client for the stress that believes only what it is told: which message has which number, UID and flags.
// Every reply is held against the rules of RFC 3501 §7.4.1, §2.3.1 and RFC 7162 §3.2; a broken rule throws.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';

export type Slot = { uid: number; flags: string | null };

export type FlagChange = { mode: '+' | '-' | ''; words: readonly string[] };

export type Request = {
  text: string;
  /** What a STORE ….SILENT does to these UIDs: the server tells it only where others had a hand in it. */
  silent?: { uids: ReadonlySet<number>; change: FlagChange };
};

export type Reply = { status: string; code: string; lines: string[] };

type Pending = Request & { tag: string; lines: string[]; done(reply: Reply): void };

/** What a client with QRESYNC keeps of a mailbox it has left. */
export type Memory = { uidValidity: string; modseq: string; flags: Map<number, string> };

const keepsNumbers = /^(FETCH|STORE|SEARCH|SORT|THREAD) /;

export class StressClient {
  readonly name: string;
  readonly isQresync: boolean;
  /** What was said and heard last, for errors. */
  readonly history: string[] = [];
  mailbox: string | null = null;
  slots: Slot[] = [];
  uidValidity = '';
  highestModseq = '';
  readonly memories = new Map<string, Memory>();
  /** Mailboxes and UIDs whose end this client has been told. */
  readonly gone: [mailbox: string, uid: number][] = [];
  readonly failed: Promise<never>;
  #fail: (error: Error) => void = () => {};
  readonly #socket: Socket;
  #buffer = '';
  #pending: Pending[] = [];
  #tags = 0;
  /** While SELECT is answered: what was remembered, not yet put into order. */
  #resync: Map<number, string> | null = null;
  #isIdling = false;
  #onPlus: (() => void) | null = null;
  #onClosed: () => void = () => {};

  constructor(name: string, socket: Socket, isQresync: boolean) {
    this.name = name;
    this.isQresync = isQresync;
    this.#socket = socket;
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#buffer += text;
      try {
        for (let line = this.#takeLine(); line !== null; line = this.#takeLine()) this.#hear(line);
      } catch (error) {
        this.#fail(new Error(`${name}: ${(error as Error).message}\n${this.tellHistory()}`));
      }
    });
    socket.on('close', () => this.#fail(new Error(`${name}: closed\n${this.tellHistory()}`)));
    socket.on('error', (error) => this.#fail(error));
  }

  tellHistory(): string {
    return this.history.slice(-60).join('\n');
  }

  end(): void {
    this.#socket.destroy();
  }

  /** Runs commands, all in one packet; their replies in order. */
  run(...requests: Request[]): Promise<Reply[]> {
    let packet = '';
    const replies = requests.map((request) => {
      const tag = `${this.name}${++this.#tags}`;
      packet += `${tag} ${request.text}\r\n`;
      this.#note(`> ${tag} ${request.text}`);
      return new Promise<Reply>((done) => {
        this.#pending.push({ ...request, tag, lines: [], done });
        if (this.#pending.length === 1) this.#begin();
      });
    });
    this.#socket.write(packet);
    return Promise.race([Promise.all(replies), this.failed]);
  }

  /** One command that must not be BAD. */
  async ask(text: string, silent?: Request['silent']): Promise<Reply> {
    const [reply] = await this.run(silent ? { text, silent } : { text });
    assert.ok(reply);
    if (reply.status === 'BAD') throw new Error(`BAD: ${text}\n${this.tellHistory()}`);
    return reply;
  }

  /** IDLE until `waiting` is over. */
  async idle(waiting: () => Promise<void>): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#onPlus = resolve;
    });
    const reply = this.run({ text: 'IDLE' });
    await Promise.race([begun, this.failed]);
    this.#isIdling = true;
    await waiting();
    this.#note('> DONE');
    this.#socket.write('DONE\r\n');
    const [ending] = await reply;
    this.#isIdling = false;
    assert.equal(ending?.status, 'OK');
  }

  async select(mailbox: string): Promise<void> {
    this.#remember();
    const memory = this.isQresync ? this.memories.get(mailbox) : undefined;
    const enter = () => {
      this.mailbox = mailbox;
      this.slots = [];
      this.#resync = memory ? new Map(memory.flags) : null;
    };
    // RFC 7162 §3.2.11: what comes before CLOSED is about the old one.
    if (this.mailbox) this.#onClosed = enter;
    else enter();
    const parameter = memory
      ? ` (QRESYNC (${memory.uidValidity} ${memory.modseq} 1:4294967295))`
      : '';
    const reply = await this.ask(`SELECT ${mailbox}${parameter}`);
    assert.equal(reply.status, 'OK');
    this.#settleResync();
  }

  /** CLOSE or UNSELECT. */
  async leave(command: string): Promise<void> {
    this.#remember();
    const reply = await this.ask(command);
    assert.equal(reply.status, 'OK');
    this.mailbox = null;
    this.slots = [];
  }

  #remember(): void {
    if (!this.isQresync || !this.mailbox) return;
    const flags = new Map<number, string>();
    for (const slot of this.slots) if (slot.flags !== null) flags.set(slot.uid, slot.flags);
    // HIGHESTMODSEQ of the SELECT is what the server had told everything of.
    const { uidValidity, highestModseq: modseq } = this;
    this.memories.set(this.mailbox, { uidValidity, modseq, flags });
  }

  #note(text: string): void {
    this.history.push(text.slice(0, 300));
    if (this.history.length > 400) this.history.splice(0, 200);
  }

  /** A line with its literals, complete or not at all. */
  #takeLine(): string | null {
    for (let from = 0; ; ) {
      const end = this.#buffer.indexOf('\r\n', from);
      if (end < 0) return null;
      const literal = /\{(\d+)\}$/.exec(this.#buffer.slice(from, end));
      if (!literal) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 2);
        return line;
      }
      from = end + 2 + Number(literal[1]);
      if (this.#buffer.length < from) return null;
    }
  }

  #begin(): void {
    const silent = this.#pending[0]?.silent;
    if (!silent) return;
    for (const slot of this.slots) {
      if (slot.flags === null || !silent.uids.has(slot.uid)) continue;
      slot.flags = changeFlags(slot.flags, silent.change);
    }
  }

  #hear(line: string): void {
    this.#note(`< ${line}`);
    if (line.startsWith('+')) {
      this.#onPlus?.();
      return;
    }
    const current = this.#pending[0];
    if (line.startsWith('* ')) {
      current?.lines.push(line);
      this.#learn(line);
      return;
    }
    assert.ok(current && line.startsWith(`${current.tag} `), `unexpected: ${line}`);
    const [, status = '', , code = ''] = /^\S+ (OK|NO|BAD)( \[(.*?)\])?/.exec(line) ?? [];
    this.#pending.shift();
    this.#begin();
    current.done({ status, code, lines: current.lines });
  }

  #learn(line: string): void {
    const counted = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)/.exec(line);
    const value = Number(counted?.[1]);
    if (counted?.[2] === 'EXISTS') this.#learnCount(value);
    if (counted?.[2] === 'EXPUNGE') this.#learnExpunge(value);
    if (counted?.[2] === 'FETCH') this.#learnMessage(value, line);
    const vanished = /^\* VANISHED (\(EARLIER\) )?([\d,:]+)$/.exec(line);
    if (vanished) this.#learnVanished(vanished[1] !== undefined, vanished[2] ?? '');
    const code = /^\* OK \[(UIDVALIDITY|HIGHESTMODSEQ) (\d+)\]/.exec(line);
    if (code?.[1] === 'UIDVALIDITY') this.uidValidity = code[2] ?? '';
    if (code?.[1] === 'HIGHESTMODSEQ') this.highestModseq = code[2] ?? '';
    if (line.startsWith('* OK [CLOSED]')) this.#onClosed();
    if (line.startsWith('* BYE')) throw new Error('BYE');
  }

  #learnCount(count: number): void {
    if (this.#resync && this.slots.length > 0) this.#settleResync();
    assert.ok(count >= this.slots.length, `EXISTS ${count} after ${this.slots.length}`);
    while (this.slots.length < count) this.slots.push({ uid: 0, flags: null });
  }

  /** RFC 3501 §7.4.1: while numbers are in use they stay. */
  #mayRemove(): void {
    assert.ok(this.#pending.length > 0 || this.#isIdling, 'a removal while nothing is in progress');
    const held = this.#pending.find(({ text }) => keepsNumbers.test(text));
    assert.ok(!held, `a removal during ${held?.text}`);
  }

  #learnExpunge(number: number): void {
    this.#mayRemove();
    assert.ok(!this.isQresync, 'EXPUNGE after ENABLE QRESYNC');
    const slot = this.slots[number - 1];
    assert.ok(slot, `EXPUNGE ${number} of ${this.slots.length}`);
    this.#remove(slot, slot.uid);
  }

  #remove(slot: Slot, uid: number): void {
    this.slots.splice(this.slots.indexOf(slot), 1);
    if (uid > 0 && this.mailbox) this.gone.push([this.mailbox, uid]);
  }

  #learnVanished(isEarlier: boolean, set: string): void {
    assert.ok(this.isQresync, 'VANISHED without QRESYNC');
    if (isEarlier) {
      for (const uid of eachUid(set)) {
        assert.ok(!this.slots.some((slot) => slot.uid === uid), `${uid} is there`);
        this.#resync?.delete(uid);
      }
      return;
    }
    this.#mayRemove();
    this.#settleResync();
    for (const uid of eachUid(set)) {
      const slot = this.slots.find((known) => known.uid === uid) ?? this.#findUnnamed(uid);
      assert.ok(slot, `VANISHED ${uid} was not there`);
      this.#remove(slot, uid);
    }
  }

  /** A number whose UID was not asked for yet: the first between its neighbours. */
  #findUnnamed(uid: number): Slot | undefined {
    let at = this.slots.length - 1;
    while (at >= 0 && (this.slots[at]!.uid === 0 || this.slots[at]!.uid > uid)) at--;
    return this.slots.slice(at + 1).find((slot) => slot.uid === 0);
  }

  #learnMessage(number: number, line: string): void {
    const slot = this.slots[number - 1];
    assert.ok(slot, `FETCH ${number} of ${this.slots.length}`);
    const uid = Number(/[( ]UID (\d+)/.exec(line)?.[1] ?? 0);
    if (uid > 0) this.#learnUid(slot, number, uid);
    const flags = /[( ]FLAGS \(([^)]*)\)/.exec(line)?.[1];
    if (flags !== undefined) slot.flags = normalize(flags.split(' '));
    if (flags !== undefined && this.#resync && slot.uid > 0)
      this.#resync.set(slot.uid, slot.flags!);
  }

  #learnUid(slot: Slot, number: number, uid: number): void {
    assert.ok(
      slot.uid === 0 || slot.uid === uid,
      `number ${number} was UID ${slot.uid}, now ${uid}`,
    );
    slot.uid = uid;
    const before = this.slots.slice(0, number - 1).findLast((other) => other.uid > 0);
    const behind = this.slots.slice(number).find((other) => other.uid > 0);
    assert.ok(!before || before.uid < uid, `UID ${before?.uid} before ${uid}`);
    assert.ok(!behind || behind.uid > uid, `UID ${behind?.uid} behind ${uid}`);
  }

  /** RFC 7162 §3.2.5: what was remembered, less what vanished, and what was told, is the mailbox. */
  #settleResync(): void {
    const known = this.#resync;
    if (!known) return;
    this.#resync = null;
    const uids = [...known.keys()].sort((a, b) => a - b);
    assert.equal(uids.length, this.slots.length, 'QRESYNC: what is known is not what is there');
    for (const [at, uid] of uids.entries()) {
      const slot = this.slots[at]!;
      this.#learnUid(slot, at + 1, uid);
      slot.flags = known.get(uid) ?? null;
    }
  }
}

/** In one order, without \Recent. */
export function normalize(words: readonly string[]): string {
  return words
    .filter((word) => word !== '' && word !== '\\Recent')
    .sort()
    .join(' ');
}

export function changeFlags(flags: string, { mode, words }: FlagChange): string {
  if (mode === '') return normalize(words);
  const rest = flags.split(' ').filter((word) => !words.includes(word));
  return normalize(mode === '+' ? [...rest, ...words] : rest);
}

export function* eachUid(set: string): Generator<number> {
  for (const range of set.split(',')) {
    const [from = 0, to = from] = range.split(':').map(Number);
    for (let uid = from; uid <= to; uid++) yield uid;
  }
}
