// A host that listens but answers no packet: its thread sleeps, and the queue of connections that nobody takes is full.
// Linux drops what else asks for one, as a firewall would.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** The system keeps one more than it was told to. */
const backlog = 1;

export type FullHost = { port: number; close(): Promise<void> };

/** Starts one on loopback. */
export async function startFullHost(): Promise<FullHost> {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  const code = `const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: ${backlog} }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(workerData, 0, 0);
    });`;
  const worker = new Worker(code, { eval: true, workerData: asleep });
  const [port] = (await once(worker, 'message')) as [number];
  // A test that fails before its end still ends.
  worker.unref();
  const sockets: Socket[] = [];
  const ask = () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    return socket;
  };
  for (let count = 0; count <= backlog; count++) await once(ask(), 'connect');
  return {
    port,
    close: async () => {
      Atomics.store(asleep, 0, 1);
      Atomics.notify(asleep, 0);
      worker.ref();
      await worker.terminate();
      for (const socket of sockets) socket.destroy();
    },
  };
}
