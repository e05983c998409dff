// Answers far larger than what is asked with: held in portions, sent in slices, at the pace of the client.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { Channel } from '#server/imap/channel.ts';
import { formatMessage } from '#server/imap/fetch-data.ts';
import { parseItems } from '#server/imap/fetch-item.ts';
import type { MessageSources } from '#server/imap/message-source.ts';
import { Cursor } from '#server/imap/wire/cursor.ts';

const mib = 1024 * 1024;

describe('large answers', () => {
  it('a message asked for many times in one FETCH comes in portions', async () => {
    const items = parseItems(
      new Cursor([{ kind: 'text', text: `(${Array(199).fill('BODY.PEEK[]').join(' ')} UID)` }]),
    );
    const bytes = Buffer.alloc(mib, 'x');
    const sources = { read: async () => bytes } as unknown as MessageSources;
    const message = { uid: 7, modseq: 1, flags: 0, keywords: '' };
    const reading = { isRecent: false, sources, isUtf8: false };
    let total = 0;
    let start = '';
    let end = '';
    for await (const pieces of formatMessage(3, message, items, reading)) {
      const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
      assert.ok(size < 2 * mib + 1000, `a portion of ${size} bytes`);
      start ||= String(pieces[0]);
      end = String(pieces.at(-1));
      total += size;
    }
    assert.ok(total > 199 * mib);
    assert.equal(start, `* 3 FETCH (BODY[] {${mib}}\r\n`);
    assert.equal(end, ' UID 7)\r\n');
  });

  it('the socket is never given more than a slice at a time', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    let most = 0;
    const channel = new Channel(
      new Proxy(socket, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            const result = Reflect.apply(value, target, args);
            most = Math.max(most, target.writableLength);
            return result;
          };
        },
      }),
    );
    let received = 0;
    client.on('data', (chunk) => {
      received += chunk.length;
    });
    assert.equal(await channel.write([Buffer.alloc(20 * mib), Buffer.from('end')]), true);
    channel.end('');
    await once(client, 'close');
    assert.equal(received, 20 * mib + 3);
    assert.ok(most < mib, `${most} bytes waited in the socket`);
    server.close();
  });
});
