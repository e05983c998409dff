// A port of this machine where the web app and the command line ask the daemon to do something now: JSON over HTTP, with a
// secret that only the daemon, its child and its own user know (lib/control.ts).
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Door, doorFile, readDoorFile } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import type { Running } from '../net/running.ts';
import { operations } from './operations.ts';

const log = logOf('control');
const maxInputBytes = 8 * 1024 * 1024;

/** Starts the port; its address and the secret go into the environment, which the web app inherits, and into the file. */
export async function startControl(): Promise<Running> {
  const secret = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response, secret).catch((error) => {
      log.error({ err: error }, 'an operation failed');
      send(response, 500, { error: 'The server had an internal fault, see its log.' });
    });
  });
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  process.env.DREY_INTERNAL_CONTROL = `127.0.0.1:${port}`;
  process.env.DREY_CONTROL_SECRET = secret;
  const closeDoor = tellDoor({ address: process.env.DREY_INTERNAL_CONTROL, secret });
  const stop = () =>
    new Promise<void>((resolve) => {
      closeDoor();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { stop };
}

/** Writes the file; gives what takes it away. Without it the command line does as if no daemon ran. */
function tellDoor(door: Door): () => void {
  const path = doorFile();
  const fresh = `${path}.${process.pid}`;
  try {
    rmSync(fresh, { force: true });
    writeFileSync(fresh, JSON.stringify(door), { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
  } catch (error) {
    log.warn({ err: error }, 'the command line cannot ask this daemon');
  }
  return () => {
    // Another one may have begun here meanwhile.
    if (readDoorFile()?.secret === door.secret) rmSync(path, { force: true });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
): Promise<void> {
  if (!isKnown(request.headers.authorization ?? '', secret)) {
    return send(response, 401, { error: 'Unknown.' });
  }
  const name = (request.url ?? '').slice(1);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (request.method !== 'POST' || !operation) {
    return send(response, 404, { error: 'There is no such operation.' });
  }
  const text = await readText(request);
  if (text === null) {
    // The rest is not read, so nothing more can be asked on this connection.
    response.setHeader('connection', 'close');
    return send(response, 413, { error: 'That is too much at once.' });
  }
  const input = readJson(text);
  if (!input) return send(response, 400, { error: 'That is no question.' });
  try {
    send(response, 200, { result: (await operation(input.value)) ?? null });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { reason, message, field } = error;
    send(response, 422, { error: message, reason, field });
  }
}

function isKnown(header: string, secret: string): boolean {
  const given = Buffer.from(header);
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Else the answer would go with the request.
  const read = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of read) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxInputBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
