// A listener on a port that the system chose, for tests of what stands behind it.
import { createListener, type Listener, type ListenerOptions } from '#server/net/listener.ts';
import { openInternal } from '#server/net/listeners.ts';

export type StartedListener = { port: number; stop: Listener['stop'] };

export async function startListener(options: ListenerOptions): Promise<StartedListener> {
  const listener = createListener(options);
  const { port, close } = await openInternal(listener);
  return {
    port,
    stop: async (graceMs) => {
      await close();
      await listener.stop(graceMs);
    },
  };
}
