// Whether the ports of this machine answer, as any client would find them.
import { connect } from 'node:net';
import type { Endpoint } from '../../env.ts';

const timeoutMs = 4000;

/** Whether something accepts connections there within four seconds. */
export function isPortOpen({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
