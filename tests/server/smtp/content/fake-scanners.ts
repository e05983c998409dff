// Scanners of our own on loopback: healthy, slow, lying, dying half way.
import { once } from 'node:events';
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export type Fake = { address: string; port: number; close(): Promise<void> };

/** A server that hands each connection to `talk`; `path` = a unix socket instead of a port. */
export async function startFake(
  talk: (socket: Socket) => void | Promise<void>,
  path?: string,
): Promise<Fake> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    void Promise.resolve(talk(socket)).catch(() => {});
  });
  if (path) server.listen(path);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return toFake(server, open, path);
}

function toFake(server: Server, open: Set<Socket>, path?: string): Fake {
  const port = path ? 0 : (server.address() as AddressInfo).port;
  return {
    address: path ?? `127.0.0.1:${port}`,
    port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Reads exact numbers of octets from a socket. */
export function makeReader(socket: Socket): (count: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  let wake = () => {};
  let isEnded = false;
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    wake();
  });
  socket.on('close', () => {
    isEnded = true;
    wake();
  });
  return async (count) => {
    while (held.length < count) {
      if (isEnded) throw new Error('closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
}

/** A clamd: answers with what `judge` says of the whole stream; kept messages go into `seen`. */
export function startClamav(
  judge: (bytes: Buffer) => string,
  { path, seen = [] }: { path?: string; seen?: Buffer[] } = {},
): Promise<Fake> {
  return startFake(async (socket) => {
    const read = makeReader(socket);
    if ((await read(10)).toString('latin1') !== 'zINSTREAM\0') return void socket.destroy();
    const chunks: Buffer[] = [];
    for (;;) {
      const length = (await read(4)).readUInt32BE(0);
      if (length === 0) break;
      chunks.push(await read(length));
    }
    const bytes = Buffer.concat(chunks);
    seen.push(bytes);
    socket.end(`${judge(bytes)}\0`);
  }, path);
}

export type HttpSeen = { url: string; headers: IncomingHttpHeaders; body: string };

/** An rspamd: `answer` is sent as JSON, or as it is where it is a text. */
export async function startRspamd(answer: () => unknown, seen: HttpSeen[] = []): Promise<Fake> {
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      const said = answer();
      if (said === 'die') request.socket.destroy();
      else if (said !== 'wait')
        response.end(typeof said === 'string' ? said : JSON.stringify(said));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Told = { code: string; data: string };

export type MilterScript = {
  /** Actions and steps of its negotiation */
  actions?: number;
  steps?: number;
  /** What it answers to a step; default 'c'; null = nothing, 'die' = hangs up. Packets as [code, data]. */
  reply?(told: Told): string | null | 'die' | [string, string][];
};

/** A milter that notes what it was told. */
export function startMilter(script: MilterScript, told: Told[] = [], path?: string): Promise<Fake> {
  return startFake(async (socket) => {
    const read = makeReader(socket);
    const send = (code: string, data: Buffer) => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(data.length + 1);
      head.write(code, 4, 'latin1');
      socket.write(Buffer.concat([head, data]));
    };
    for (;;) {
      const length = (await read(4)).readUInt32BE(0);
      const packet = await read(length);
      const each = { code: packet.toString('latin1', 0, 1), data: packet.toString('utf8', 1) };
      told.push(each);
      if (each.code === 'O') {
        const numbers = Buffer.alloc(12);
        numbers.writeUInt32BE(6, 0);
        numbers.writeUInt32BE(script.actions ?? 0x21, 4);
        numbers.writeUInt32BE(script.steps ?? 0, 8);
        send('O', numbers);
        continue;
      }
      if (each.code === 'D') continue;
      if (each.code === 'Q') return void socket.end();
      const reply = script.reply ? script.reply(each) : 'c';
      if (reply === 'die') return void socket.destroy();
      if (reply === null) continue;
      if (typeof reply === 'string') send(reply[0] as string, Buffer.from(reply.slice(1)));
      else for (const [code, data] of reply) send(code, Buffer.from(data));
    }
  }, path);
}
