// Debian's Postfix as a sender, with a transport map that sends everything to one port of this machine. Its queue is
// filled while deliveries are deferred, then flushed.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostfix } from './postfix.ts';

export type Sender = {
  version: string;
  /** Messages a second from a full queue to an empty one. */
  drain(addresses: string[], makeMessage: (index: number) => Buffer): Promise<number>;
  stop(): Promise<void>;
};

const sinkWaitMs = 100_000;

/** Null where Postfix is not installed, or the user may not. */
export async function startSender(sinkPort: number): Promise<Sender | null> {
  const postfix = await startPostfix({
    maxClients: 100,
    settings: () => `transport_maps = static:smtp:[127.0.0.1]:${sinkPort}
smtp_tls_security_level = none`,
  });
  if (!postfix) return null;
  const { port, log, run } = postfix;
  return {
    version: postfix.version,
    drain: async (addresses, makeMessage) => {
      // Held while they come in, released at once.
      run('postconf', '-e', 'smtpd_client_restrictions = static:HOLD');
      run('postfix', 'reload');
      await sleep(1000);
      await fill(port, addresses, makeMessage);
      const before = countSent(log);
      const begin = performance.now();
      run('postsuper', '-H', 'ALL');
      run('postqueue', '-f');
      while (countSent(log) - before < addresses.length) {
        if (performance.now() - begin > sinkWaitMs)
          throw new Error('Postfix does not come to an end');
        await sleep(20);
      }
      return addresses.length / ((performance.now() - begin) / 1000);
    },
    stop: async () => postfix.stop(),
  };
}

const seen = { bytes: 0, count: 0 };

/** Deliveries in the log; reads only what is new. */
function countSent(log: string): number {
  if (!existsSync(log) || statSync(log).size === seen.bytes) return seen.count;
  const text = readFileSync(log, 'utf8');
  seen.bytes = text.length;
  seen.count = text.match(/ status=sent /g)?.length ?? 0;
  return seen.count;
}

/** Over one connection, with pipelining. */
async function fill(
  port: number,
  addresses: string[],
  makeMessage: (index: number) => Buffer,
): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let answer = (_line: string) => {};
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line[3] === ' ') answer(line);
  });
  const ask = (bytes: string | Buffer, replies = 1) =>
    new Promise<void>((resolve, reject) => {
      let left = replies;
      answer = (line) => {
        if (!/^[23]/.test(line)) reject(new Error(`Postfix says ${line}`));
        left -= 1;
        if (left === 0) resolve();
      };
      if (bytes.length > 0) socket.write(bytes);
    });
  socket.on('error', () => undefined);
  await ask('');
  await ask('EHLO bench.test\r\n');
  for (const [index, address] of addresses.entries()) {
    await ask(`MAIL FROM:<ada@own.test>\r\nRCPT TO:<${address}>\r\nDATA\r\n`, 3);
    await ask(Buffer.concat([makeMessage(index), Buffer.from('.\r\n')]));
  }
  socket.end('QUIT\r\n');
}
