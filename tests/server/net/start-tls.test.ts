// The STARTTLS upgrade: what was said in clear is never heard inside TLS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { Running } from '#server/net/running.ts';
import { startTls } from '#server/net/start-tls.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { connect } from './line-client.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let certificates: Running;
let server: Server;
let port = 0;
let results: { secured: Promise<TLSSocket>; heard: string[] }[] = [];

/** Upgrades at the first data; what it hears inside TLS is kept and echoed. */
function serve(socket: Socket): void {
  const heard: string[] = [];
  socket.on('error', () => {});
  socket.once('data', () => {
    const secured = startTls(socket, 'go\r\n');
    results.push({ secured, heard });
    secured.then(
      (tls) =>
        tls.on('data', (chunk: Buffer) => {
          heard.push(chunk.toString());
          tls.write(chunk);
        }),
      () => {},
    );
  });
}

before(async () => {
  database = await openTestDatabase();
  certificates = await startCertificates();
  server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});
after(async () => {
  server.close();
  await certificates.stop();
  await database.close();
});

describe('startTls', () => {
  it('secures the connection', async () => {
    results = [];
    const clear = await connect(port);
    clear.send('STARTTLS\r\n');
    assert.equal(await clear.line(), 'go');
    const secured = await clear.secure();
    secured.send('inside\r\n');
    assert.equal(await secured.line(), 'inside');
    assert.deepEqual(results[0]?.heard, ['inside\r\n']);
    secured.close();
  });

  it('never hears a command that came in the same segment', async () => {
    results = [];
    const clear = await connect(port);
    clear.send('STARTTLS\r\nINJECTED\r\n');
    assert.equal(await clear.line(), 'go');
    const secured = await clear.secure();
    secured.send('inside\r\n');
    assert.equal(await secured.line(), 'inside');
    assert.deepEqual(results[0]?.heard, ['inside\r\n']);
    secured.close();
  });

  it('fails the handshake on plaintext that comes after the go-ahead', async () => {
    results = [];
    const clear = await connect(port);
    clear.send('STARTTLS\r\n');
    assert.equal(await clear.line(), 'go');
    clear.send('INJECTED\r\nINJECTED\r\n');
    await clear.rest();
    await assert.rejects(results[0]!.secured);
    assert.deepEqual(results[0]?.heard, []);
  });

  it('gives up when the client goes away during the handshake', async () => {
    results = [];
    const clear = await connect(port);
    clear.send('STARTTLS\r\n');
    await clear.line();
    clear.socket.end();
    await assert.rejects(results[0]!.secured);
    clear.close();
  });
});
