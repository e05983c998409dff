// Searches that go on (RFC 5267): whatever another session does, the client that follows ADDTO and REMOVEFROM
// has what a new search finds. Seeded, so a failure comes again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const programs = [
  'UNSEEN',
  'FLAGGED',
  'KEYWORD Work SEEN',
  'OR DELETED SUBJECT odd',
  'NOT FLAGGED',
];

/** What a client of RFC 5267 keeps: for each search its UIDs, and for each its numbers. */
class Follower {
  readonly uids = programs.map(() => new Set<number>());
  numbers = programs.map(() => new Set<number>());

  hear(text: string): void {
    for (const line of text.split('\r\n')) {
      const update = /^\* ESEARCH \(TAG "([un])(\d)"\)( UID)? (ADDTO|REMOVEFROM) \(0 (.*)\)$/.exec(
        line,
      );
      const [, kind, index, isUid, word, set] = update ?? [];
      if (word) {
        assert.equal(isUid !== undefined, kind === 'u', line);
        const list = (kind === 'u' ? this.uids : this.numbers)[Number(index)]!;
        for (const name of expand(set!)) {
          assert.equal(list.has(name), word === 'REMOVEFROM', `${line} of ${[...list]}`);
          if (word === 'ADDTO') list.add(name);
          else list.delete(name);
        }
      }
      const gone = /^\* (\d+) EXPUNGE$/.exec(line)?.[1];
      if (gone) this.#close(Number(gone), line);
    }
  }

  #close(gone: number, line: string): void {
    this.numbers = this.numbers.map((list) => {
      assert.ok(!list.has(gone), `${line} comes before its REMOVEFROM`);
      return new Set([...list].map((number) => (number > gone ? number - 1 : number)));
    });
  }
}

function expand(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_unused, at) => first + at);
  });
}

describe('searches that go on', () => {
  let server: ImapServer;
  const clients: LineClient[] = [];
  before(async () => {
    server = await openImapServer();
  });
  after(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  async function open(address: string): Promise<LineClient> {
    const client = connectLines(server.port);
    clients.push(client);
    await client.expect(/\* OK/);
    await client.ask(`a LOGIN ${address} "${password}"`, /a OK/);
    await client.ask('b SELECT INBOX', /b OK/);
    return client;
  }

  it('tell the client exactly what a new search would', async () => {
    const { address } = await server.addUser('context-model');
    const [follower, rival] = [await open(address), await open(address)];
    const known = new Follower();
    const told = (text: string) => known.hear(text);
    for (const [index, program] of programs.entries()) {
      told(await follower.ask(`u${index} UID SEARCH RETURN (UPDATE COUNT) ${program}`, /^u\d OK/m));
      told(await follower.ask(`n${index} SEARCH RETURN (UPDATE COUNT) ${program}`, /^n\d OK/m));
    }
    let seed = 4711;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const flags = ['\\Seen', '\\Flagged', '\\Deleted', 'Work'];
    const change = () => {
      const kind = random(10);
      if (kind < 3) {
        const text = `Subject: ${random(2) === 0 ? 'odd' : 'even'}\r\n\r\n`;
        return `c APPEND INBOX (${flags[random(4)]}) {${text.length}+}\r\n${text}`;
      }
      if (kind === 3) return 'c EXPUNGE';
      const from = 1 + random(40);
      const set = `${from}:${from + random(4)}`;
      return `c UID STORE ${set} ${random(2) === 0 ? '+' : '-'}FLAGS.SILENT (${flags[random(4)]})`;
    };
    for (let round = 0; round < 60; round++) {
      for (let step = random(6); step >= 0; step--) {
        const isOwn = random(4) === 0;
        const answer = await (isOwn ? follower : rival).ask(change(), /^c (OK|NO|BAD)/m);
        if (isOwn) told(answer);
        // Commands by number do not let messages go, only flags and arrivals are told.
        if (random(5) === 0) told(await follower.ask('d FETCH 1:* (UID)', /^d (OK|BAD)/m));
      }
      told(await follower.ask('e NOOP', /^e OK/m));
      for (const [index, program] of programs.entries()) {
        const byUid = await follower.ask(`f UID SEARCH ${program}`, /^f OK/m);
        const byNumber = await follower.ask(`g SEARCH ${program}`, /^g OK/m);
        const read = (text: string) =>
          (/SEARCH(.*)\r/.exec(text)?.[1]?.match(/\d+/g) ?? []).map(Number);
        const sort = (set: Set<number>) => [...set].sort((one, other) => one - other);
        assert.deepEqual(sort(known.uids[index]!), read(byUid), `${program}, round ${round}`);
        assert.deepEqual(sort(known.numbers[index]!), read(byNumber), `${program}, round ${round}`);
      }
    }
  });
});
