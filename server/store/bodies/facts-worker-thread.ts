// The thread of facts-worker.ts: takes messages apart, one after the other, until it is told to end.
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { computeFacts, type MessageFacts } from '#lib/mail/facts.ts';

/** Where the octets are. */
export type FactsSource = { bytes: Uint8Array } | { path: string };
export type ToThread = { kind: 'compute'; source: FactsSource } | { kind: 'end' };
export type FromThread =
  | { kind: 'ready' }
  | { kind: 'done'; facts: MessageFacts }
  /** The file could not be read. */
  | { kind: 'unreadable'; code: string; message: string };

const port = parentPort;

async function compute(source: FactsSource): Promise<void> {
  let bytes: Buffer;
  try {
    bytes =
      'path' in source
        ? await readFile(source.path)
        : Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    port?.postMessage({ kind: 'unreadable', code, message } satisfies FromThread);
    return;
  }
  const facts = detach(computeFacts(bytes));
  const { header, envelope, bodyStructure, body } = facts;
  const moved = [header, envelope, bodyStructure, body].map((own) => own.buffer as ArrayBuffer);
  port?.postMessage({ kind: 'done', facts } satisfies FromThread, moved);
}

/** Bytes of their own each: what is sent would take the whole message along, which they are a part of. */
function detach(facts: MessageFacts): MessageFacts {
  const copy = (from: Buffer) => {
    const own = Buffer.allocUnsafeSlow(from.length);
    from.copy(own);
    return own;
  };
  return {
    ...facts,
    header: copy(facts.header),
    envelope: copy(facts.envelope),
    bodyStructure: copy(facts.bodyStructure),
    body: copy(facts.body),
  };
}

port?.on('message', (message: ToThread) => {
  if (message.kind === 'compute') void compute(message.source);
  else port.close();
});
port?.postMessage({ kind: 'ready' } satisfies FromThread);
