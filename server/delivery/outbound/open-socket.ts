// A connection to one address, from the source address that a relay rule may want, or to a socket of this machine.
import { connect, type Socket } from 'node:net';
import type { Target } from './mx.ts';
import { SessionProblem } from './session-problem.ts';

type Asked = { target: Target; connectTimeoutMs: number; signal: AbortSignal };

/** A connection within the time for it. SessionProblem; any other error when the signal ended it. */
export function openSocket({ target, connectTimeoutMs, signal }: Asked): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { address, port, source, socket: path } = target;
    const socket = connect(
      path ? { path } : { host: address, port, ...(source ? { localAddress: source } : {}) },
    );
    const settle = (error: Error | null) => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      signal.removeEventListener('abort', abort);
      if (!error) return resolve(socket);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const refuse = (text: string) =>
      settle(
        new SessionProblem(`Cannot connect to ${target.host} [${target.address}]: ${text}`, {
          status: '4.4.1',
        }),
      );
    const abort = () => settle(new Error('stopped'));
    socket.setTimeout(connectTimeoutMs);
    socket.once('connect', () => settle(null));
    socket.once('timeout', () => refuse('no answer in time'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isSource = source && /^(EADDRNOTAVAIL|EINVAL)$/.test(error.code ?? '');
      refuse(isSource ? `${source} is no address of this machine` : (error.code ?? error.message));
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
