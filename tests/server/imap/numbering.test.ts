// Three sessions on one mailbox do random things; each client keeps its own count from what it is told,
// and asks now and then whether the server means the same message by the same number (RFC 3501 §7.4.1).
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

/** A client that believes what it is told. `uids[n - 1]` is 0 while it has not heard the UID of number n. */
class Client {
  readonly #socket: Socket;
  #buffer = '';
  #wake: (() => void) | null = null;
  #tags = 0;
  uids: number[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#buffer += text;
      this.#wake?.();
    });
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 2);
        return line;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Runs a command; its untagged lines. EXPUNGE in a command that must keep its numbers is an error. */
  async run(command: string): Promise<string[]> {
    const tag = `t${++this.#tags}`;
    this.#socket.write(`${tag} ${command}\r\n`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      if (line.startsWith(`${tag} `)) {
        assert.match(line, / OK /, command);
        return lines;
      }
      lines.push(line);
      if (/^\* \d+ EXPUNGE$/.test(line)) {
        assert.doesNotMatch(command, /^(FETCH|STORE|SEARCH)/, 'EXPUNGE in a command with numbers');
      }
      this.#learn(line);
    }
  }

  #learn(line: string): void {
    const [, number = '', word = ''] = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)/.exec(line) ?? [];
    const count = Number(number);
    if (word === 'EXISTS') {
      assert.ok(count >= this.uids.length, 'EXISTS may not shrink the mailbox');
      while (this.uids.length < count) this.uids.push(0);
    } else if (word === 'EXPUNGE') {
      assert.ok(count >= 1 && count <= this.uids.length, line);
      this.uids.splice(count - 1, 1);
    } else if (word === 'FETCH') {
      const uid = Number(/UID (\d+)/.exec(line)?.[1] ?? 0);
      assert.ok(count <= this.uids.length, line);
      if (uid === 0) return;
      const known = this.uids[count - 1];
      assert.ok(known === 0 || known === uid, `number ${count} was UID ${known}: ${line}`);
      this.uids[count - 1] = uid;
    }
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** Numbers that look random and are the same each time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

describe('IMAP numbering with several sessions', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  for (const seed of [1, 2, 3]) {
    it(`agrees, seed ${seed}`, async () => {
      const { address } = await server.addUser(`numbers${seed}`);
      const random = createRandom(seed);
      const clients: Client[] = [];
      for (let count = 0; count < 3; count++) {
        const client = new Client(await server.connect());
        clients.push(client);
        await client.run(`LOGIN ${address} "${password}"`);
        await client.run('SELECT INBOX');
      }
      const append = (client: Client) => client.run('APPEND INBOX {6+}\r\na: b\r\n');
      for (let count = 0; count < 6; count++) await append(clients[0]!);
      for (let turn = 0; turn < 150; turn++) {
        const client = clients[random(3)]!;
        const number = client.uids.length === 0 ? 0 : 1 + random(client.uids.length);
        const action = random(9);
        if (action < 2) await append(client);
        else if (action === 2) await client.run('NOOP');
        else if (action === 3) await client.run('EXPUNGE');
        else if (action === 4) await client.run('SEARCH ALL');
        else if (action === 5) await client.run('FETCH 1:* (UID FLAGS)');
        else if (action === 6) await client.run('UID FETCH 1:* (FLAGS)');
        else if (action === 7 && number > 0) await client.run(`STORE ${number} +FLAGS (\\Deleted)`);
        else if (action === 8 && number > 0) await client.run(`COPY ${number} INBOX`);
      }
      for (const client of clients) {
        await client.run('NOOP');
        await client.run('FETCH 1:* (UID)');
      }
      const [first, ...others] = clients.map((client) => client.uids);
      for (const other of others) assert.deepEqual(other, first);
      for (const client of clients) client.end();
    });
  }
});
