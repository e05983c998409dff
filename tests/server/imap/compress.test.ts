// COMPRESS=DEFLATE (RFC 4978): every answer can be read as soon as it is there (iOS Mail waits for ever else), and
// a bomb ends the connection.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { constants, createInflateRaw, deflateRawSync, type InflateRaw } from 'node:zlib';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const deflate = (text: string | Buffer) =>
  deflateRawSync(Buffer.from(text), { finishFlush: constants.Z_SYNC_FLUSH });

/** A client that can change between plain and compressed. */
class Client {
  readonly #socket: Socket;
  #inflate: InflateRaw | null = null;
  #text = '';
  #isClosed = false;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      if (this.#inflate) this.#inflate.write(bytes);
      else this.#hear(bytes);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const close = () => {
        this.#isClosed = true;
        this.#wake();
      };
      // What has come is inflated first.
      if (this.#inflate) this.#inflate.flush(close);
      else close();
    });
  }

  #hear(bytes: Buffer): void {
    this.#text += bytes.toString('latin1');
    this.#wake();
  }

  compress(): void {
    this.#inflate = createInflateRaw();
    this.#inflate.on('data', (bytes: Buffer) => this.#hear(bytes));
  }

  uncompress(): void {
    this.#inflate = null;
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** What has come, up to and with what fits; all of it up to the end for null. */
  async expect(pattern: RegExp | null): Promise<string> {
    while (pattern ? !pattern.test(this.#text) : !this.#isClosed) {
      if (this.#isClosed) throw new Error(`closed after ${JSON.stringify(this.#text.slice(-300))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const text = this.#text;
    this.#text = '';
    return text;
  }

  end(): void {
    this.#socket.destroy();
  }
}

describe('IMAP COMPRESS', () => {
  let server: ImapServer;
  let address: string;
  const clients: Client[] = [];
  before(async () => {
    server = await openImapServer();
    address = (await server.addUser('small')).address;
  });
  after(async () => {
    for (const client of clients) client.end();
    await server.close();
  });

  async function open(): Promise<Client> {
    const client = new Client(await server.connect());
    clients.push(client);
    client.send(`a LOGIN ${address} "${password}"\r\n`);
    assert.match(await client.expect(/^a OK.*\r\n/m), /COMPRESS=DEFLATE/);
    return client;
  }

  async function openCompressed(): Promise<Client> {
    const client = await open();
    client.send('b COMPRESS DEFLATE\r\n');
    await client.expect(/^b OK .*\r\n$/m);
    client.compress();
    return client;
  }

  it('iOS Mail: answers each command so that all of it can be read at once', async () => {
    const client = await openCompressed();
    for (let count = 0; count < 20; count++) {
      client.send(deflate(`n${count} NOOP\r\n`));
      assert.equal(await client.expect(/\r\n$/), `n${count} OK NOOP completed\r\n`);
    }
    const body = Buffer.from(`Subject: x\r\n\r\n${'0123456789abcdef'.repeat(40_000)}\r\n`);
    client.send(deflate(`c APPEND INBOX {${body.length}}\r\n`));
    await client.expect(/^\+ .*\r\n$/m);
    client.send(deflate(Buffer.concat([body, Buffer.from('\r\n')])));
    await client.expect(/^c OK.*\r\n$/m);
    client.send(deflate('d SELECT INBOX\r\ne FETCH 1 BODY.PEEK[]\r\n'));
    assert.ok((await client.expect(/^e OK.*\r\n$/m)).includes(body.toString()));
    client.send(deflate('f IDLE\r\n'));
    await client.expect(/^\+ idling\r\n$/m);
    client.send(deflate('DONE\r\ng CAPABILITY\r\n'));
    assert.doesNotMatch(await client.expect(/^g OK.*\r\n$/m), /COMPRESS/);
    client.send(deflate('h LOGOUT\r\n'));
    assert.match(await client.expect(null), /^\* BYE .*\r\nh OK /);
  });

  it('takes a stream with a window, byte by byte, and several commands in one block', async () => {
    const client = await openCompressed();
    const blocks = deflate(Array.from({ length: 200 }, (_, at) => `x${at} NOOP\r\n`).join(''));
    for (const byte of blocks) client.send(Buffer.of(byte));
    const text = await client.expect(/^x199 OK.*\r\n$/m);
    assert.deepEqual(
      text.match(/^x\d+/gm),
      Array.from({ length: 200 }, (_, at) => `x${at}`),
    );
  });

  it('refuses a second COMPRESS, and one that is no DEFLATE', async () => {
    const client = await openCompressed();
    client.send(deflate('c COMPRESS DEFLATE\r\n'));
    await client.expect(/^c NO \[COMPRESSIONACTIVE\] /m);
    client.send(deflate('d COMPRESS LZW\r\n'));
    await client.expect(/^d NO \[CANNOT\] /m);
    const before = new Client(await server.connect());
    clients.push(before);
    before.send('e COMPRESS DEFLATE\r\n');
    await before.expect(/^e BAD /m);
  });

  it('reads what stands behind COMPRESS in the same packet as compressed', async () => {
    const client = await open();
    client.compress();
    // The answer comes in clear, so read it so.
    client.uncompress();
    client.send(Buffer.concat([Buffer.from('b COMPRESS DEFLATE\r\n'), deflate('c NOOP\r\n')]));
    // Tagged line in clear, then blocks.
    const text = await client.expect(/^b OK [^\r]*\r\n[\s\S]+\x00\x00\xff\xff$/m);
    const at = text.indexOf('\r\n') + 2;
    const inflate = createInflateRaw();
    inflate.write(Buffer.from(text.slice(at), 'latin1'));
    for await (const bytes of inflate) {
      assert.equal(String(bytes), 'c OK NOOP completed\r\n');
      break;
    }
  });

  it('hangs up on plain text behind COMPRESS', async () => {
    const client = await open();
    client.send('b COMPRESS DEFLATE\r\nc NOOP\r\nd NOOP\r\n');
    assert.doesNotMatch(await client.expect(null), /^[cd] /m);
  });

  // 1 MB that becomes 1 GB.
  const million = deflateRawSync(Buffer.alloc(1 << 20, 'x'), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const noops = deflate('a NOOP\r\n'.repeat(1 << 17));
  for (const [name, bomb] of [
    ['an endless line', million],
    ['a million commands', noops],
  ] as const) {
    it(`hangs up on a bomb: ${name}`, async () => {
      const client = await openCompressed();
      client.send(Buffer.concat(Array(Math.ceil((1 << 20) / bomb.length)).fill(bomb)));
      const text = await client.expect(null);
      assert.match(text, /\* BYE \[TOOBIG\] /);
      // Of a hundred million.
      assert.ok(text.split('\r\n').length < 300_000);
    });
  }

  it('takes a message of zeros, which is no bomb', async () => {
    const client = await openCompressed();
    const size = 8 * 2 ** 20;
    client.send(
      Buffer.concat([
        deflate(`c APPEND INBOX {${size + 8}+}\r\na: b\r\n\r\n`),
        deflate(Buffer.alloc(size, '0')),
        deflate('\r\nd NOOP\r\n'),
      ]),
    );
    assert.match(await client.expect(/^d OK/m), /^c OK /m);
  });

  it('ends with UNAUTHENTICATE (RFC 8437 §4.1), and may begin again', async () => {
    const client = await openCompressed();
    client.send(deflate('c SELECT INBOX\r\nd ENABLE CONDSTORE\r\ne UNAUTHENTICATE\r\n'));
    assert.match(await client.expect(/^e OK .*\r\n$/m), /^e OK \[CAPABILITY IMAP4rev1 .*AUTH=/m);
    client.uncompress();
    client.send('f SELECT INBOX\r\n');
    await client.expect(/^f BAD /m);
    client.send(`g LOGIN ${address} "${password}"\r\nh FETCH 1 FLAGS\r\n`);
    assert.match(await client.expect(/^h BAD .*\r\n$/m), /COMPRESS=DEFLATE/);
    client.send('i COMPRESS DEFLATE\r\n');
    await client.expect(/^i OK .*\r\n$/m);
    client.compress();
    client.send(deflate('j NOOP\r\n'));
    await client.expect(/^j OK /m);
  });

  it('can be switched off', async () => {
    await writeSetting('imap.compression', false, 'test');
    const client = new Client(await server.connect());
    clients.push(client);
    client.send(`a LOGIN ${address} "${password}"\r\nb COMPRESS DEFLATE\r\n`);
    assert.doesNotMatch(await client.expect(/^b NO \[CANNOT\] /m), /COMPRESS=/);
    await resetSetting('imap.compression', 'test');
  });
});
