// How many connections the web app has at once, in all and from one client: whoever opens more and says nothing takes the
// memory of everybody. The other ports have limits of their own (server/net/listener.ts).
import type { Socket } from 'node:net';
import { isLoopback, limitKey, plainAddress } from '#lib/accounts/network.ts';

export type Limits = { most: number; mostOfAddress: number };

/** An office behind one address has many browsers, each with a few connections; a proxy on this machine has no limit. */
export const usualLimits: Limits = { most: 10_000, mostOfAddress: 2000 };

export class Places {
  readonly #limits: Limits;
  readonly #perAddress = new Map<string, number>();
  #count = 0;

  constructor(limits = usualLimits) {
    this.#limits = limits;
  }

  /** Connections that are open now */
  get count(): number {
    return this.#count;
  }

  /** Gives the connection a place until it closes; false where there is none: it is closed. */
  take(socket: Socket): boolean {
    const remote = plainAddress(socket.remoteAddress ?? '');
    const key = limitKey(remote);
    const ofAddress = (this.#perAddress.get(key) ?? 0) + 1;
    const isOver = !isLoopback(remote) && ofAddress > this.#limits.mostOfAddress;
    if (isOver || this.#count >= this.#limits.most) {
      socket.destroy();
      return false;
    }
    this.#count += 1;
    this.#perAddress.set(key, ofAddress);
    socket.once('close', () => this.#leave(key));
    return true;
  }

  #leave(key: string): void {
    this.#count -= 1;
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(key, left);
    else this.#perAddress.delete(key);
  }
}
