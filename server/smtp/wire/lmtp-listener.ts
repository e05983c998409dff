// The LMTP listener: there while the setting smtp.hasLmtp wants it, on the loopback address or a socket file, and
// nowhere else, since whoever reaches it is not checked as a stranger.
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { portOf } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { readSettings } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { type Listening, type Place, startListening } from '../servers.ts';

const log = logOf('smtp');
/** Owner and group may hand mail in. */
const socketMode = 0o660;

/** Follows the settings. A place that cannot be had is logged, and tried again at the next change. */
export async function startLmtp(): Promise<Running> {
  const ports: NonNullable<Running['ports']> = {};
  let wantedText = '';
  let listening: Listening | null = null;
  let looking = Promise.resolve();
  const look = async () => {
    const wanted = await readPlace();
    if (JSON.stringify(wanted) === wantedText) return;
    wantedText = JSON.stringify(wanted);
    await listening?.stop();
    listening = null;
    delete ports.lmtp;
    if (!wanted) return;
    try {
      listening = await open(wanted);
      if (listening.port > 0) ports.lmtp = listening.port;
    } catch (error) {
      log.error({ err: error }, 'LMTP cannot listen');
    }
  };
  const follow = () => {
    looking = looking.then(look).catch((error) => log.error({ err: error }, 'LMTP failed'));
    return looking;
  };
  const ends = (['settings', 'elsewhere'] as const).map((topic) =>
    onPoke(topic, () => void follow()),
  );
  await follow();
  return {
    ports,
    stop: async () => {
      for (const end of ends) end();
      await looking;
      await listening?.stop();
    },
  };
}

async function readPlace(): Promise<Place | null> {
  const settings = await readSettings();
  if (!settings['smtp.hasLmtp']) return null;
  const path = settings['smtp.lmtpSocket'];
  return path ? { path } : { host: '127.0.0.1', port: portOf('lmtp') };
}

async function open(place: Place): Promise<Listening> {
  if ('port' in place) return startListening('lmtp', place);
  await removeLeftover(place.path);
  const listening = await startListening('lmtp', place);
  await chmod(place.path, socketMode);
  return listening;
}

/** A socket file that nobody listens on stays behind after a crash. A file of any other kind is somebody's. */
async function removeLeftover(path: string): Promise<void> {
  const file = await lstat(path).catch(() => null);
  if (!file?.isSocket()) return;
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (code === 'ECONNREFUSED') await unlink(path);
}
