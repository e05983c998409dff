// The thread of trust-worker.ts: judges messages and looks into them, several at a time, with the DNS asked for
// through the other side, until it is told to end.
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { type Looked, look, type Wanted } from '../content/look.ts';
import { authenticate, type Bounds, type Claim, type Message } from './authenticate.ts';
import type { Findings } from './findings.ts';

/** Where the octets are, and how many of them are header. */
export type MessageSource = { headerBytes: number; sizeBytes: number } & (
  | { bytes: Uint8Array }
  | { path: string }
);

export type ToThread =
  | { kind: 'judge'; job: number; source: MessageSource; claim: Claim; bounds: Bounds }
  | { kind: 'look'; job: number; source: MessageSource; wanted: Wanted }
  | { kind: 'answer'; question: number; records: unknown[] | null; code: string }
  | { kind: 'end' };

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'ask'; question: number; name: string; type: string }
  | { kind: 'done'; job: number; result: Findings | Looked }
  | { kind: 'failed'; job: number; message: string };

const port = parentPort;
const questions = new Map<number, PromiseWithResolvers<unknown[]>>();
let lastQuestion = 0;

function ask(name: string, type: string): Promise<unknown[]> {
  const question = ++lastQuestion;
  const pending = Promise.withResolvers<unknown[]>();
  questions.set(question, pending);
  port?.postMessage({ kind: 'ask', question, name, type } satisfies FromThread);
  return pending.promise;
}

function take({ question, records, code }: Extract<ToThread, { kind: 'answer' }>): void {
  const pending = questions.get(question);
  questions.delete(question);
  if (records) pending?.resolve(records);
  else pending?.reject(Object.assign(new Error(`DNS: ${code}`), { code }));
}

async function work(task: Extract<ToThread, { kind: 'judge' | 'look' }>): Promise<void> {
  const { job } = task;
  let answer: FromThread;
  try {
    const result =
      task.kind === 'judge'
        ? await authenticate(await openMessage(task.source), task.claim, ask, task.bounds)
        : await look(await readMessage(task.source), task.wanted);
    answer = { kind: 'done', job, result };
  } catch (error) {
    answer = { kind: 'failed', job, message: String((error as Error)?.message ?? error) };
  }
  port?.postMessage(answer);
}

/** All octets of a message. */
export async function readMessage(source: MessageSource): Promise<Buffer> {
  if ('path' in source) return readFile(source.path);
  const { buffer, byteOffset, length } = source.bytes;
  return Buffer.from(buffer, byteOffset, length);
}

/** A message whose header is in memory and whose body is read when it is wanted. */
export async function openMessage(source: MessageSource): Promise<Message> {
  const { headerBytes, sizeBytes } = source;
  const bodyBytes = Math.max(0, sizeBytes - headerBytes);
  if ('bytes' in source) {
    const { buffer, byteOffset, length } = source.bytes;
    const bytes = Buffer.from(buffer, byteOffset, length);
    const body = bytes.subarray(headerBytes);
    return { header: bytes.subarray(0, headerBytes), bodyBytes, readBody: () => [body] };
  }
  const { path } = source;
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(header, 0, headerBytes, 0);
    const readBody = () => createReadStream(path, { start: headerBytes });
    return { header: header.subarray(0, bytesRead), bodyBytes, readBody };
  } finally {
    await file.close();
  }
}

port?.on('message', (message: ToThread) => {
  if (message.kind === 'judge' || message.kind === 'look') void work(message);
  else if (message.kind === 'answer') take(message);
  else port.close();
});
port?.postMessage({ kind: 'ready' } satisfies FromThread);
