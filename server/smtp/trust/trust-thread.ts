// The thread of trust-worker.ts: judges messages, several at a time, with the DNS asked for through the other
// side, until it is told to end.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { authenticate, type Bounds, type Claim, type Message } from './authenticate.ts';
import type { Findings } from './findings.ts';

/** Where the octets are, and how many of them are header. */
export type MessageSource = { headerBytes: number; sizeBytes: number } & (
  | { bytes: Uint8Array }
  | { path: string }
);

export type ToThread =
  | { kind: 'judge'; job: number; source: MessageSource; claim: Claim; bounds: Bounds }
  | { kind: 'answer'; question: number; records: unknown[] | null; code: string }
  | { kind: 'end' };

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'ask'; question: number; name: string; type: string }
  | { kind: 'done'; job: number; findings: Findings }
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

async function judge({ job, source, claim, bounds }: Extract<ToThread, { kind: 'judge' }>) {
  let answer: FromThread;
  try {
    const findings = await authenticate(await openMessage(source), claim, ask, bounds);
    answer = { kind: 'done', job, findings };
  } catch (error) {
    answer = { kind: 'failed', job, message: String((error as Error)?.message ?? error) };
  }
  port?.postMessage(answer);
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
  if (message.kind === 'judge') void judge(message);
  else if (message.kind === 'answer') take(message);
  else port.close();
});
port?.postMessage({ kind: 'ready' } satisfies FromThread);
