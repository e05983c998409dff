// The LMTP listener: there while the setting smtp.hasLmtp wants it, on addresses of this machine or a socket file, and
// nowhere else, since whoever reaches it is not checked as a stranger.
import { openListener, protocolOf } from '#server/net/listeners.ts';
import type { Running } from '#server/net/running.ts';
import { createSmtpListener } from '../servers.ts';

const stopWithinMs = 1900;

/** Follows the settings; a place that cannot be had is tried again. */
export async function startLmtp(): Promise<Running> {
  const listener = createSmtpListener('lmtp');
  const open = await openListener(protocolOf(listener));
  return {
    get ports() {
      return open.port === undefined ? {} : { lmtp: open.port };
    },
    stop: async () => {
      await open.close();
      await listener.stop(stopWithinMs);
    },
  };
}
