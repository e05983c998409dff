// In place of the thread for long messages: gets ready, and then does what the message says.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (message: { kind: string; source?: { bytes: Uint8Array } }) => {
  if (message.kind === 'end') {
    parentPort?.close();
    return;
  }
  const text = Buffer.from(message.source?.bytes ?? []).toString('latin1');
  if (text.includes('X-Do: die')) process.exit(3);
  if (text.includes('X-Do: throw')) throw new Error('on purpose');
  if (text.includes('X-Do: hang')) for (;;);
});
parentPort?.postMessage({ kind: 'ready' });
