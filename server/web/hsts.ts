// Strict-Transport-Security (RFC 6797): browsers that have come by https ask this name by https alone from then on, whatever
// the port. So it is sent only where nobody else's way in is by http: Drey ends TLS itself, and no plain port of the web pages
// is open to others but 80 beside https on 443, where browsers go by themselves (RFC 6797 §8.3).
import type { IncomingMessage } from 'node:http';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { isLocalPlace } from '#lib/settings/place.ts';
import { listWanted } from '#lib/settings/wanted.ts';
import { listSecurePorts } from './sockets.ts';

const daySeconds = 86_400;
/** Programs under development share this name, each with a port of its own. */
const ownMachine = /^(?:[^:]+\.)?localhost(?::|$)/i;

/** The value of the header for an answer by https; null where it is not sent. `plain`: places by http; `secure`: ports. */
export function chooseHsts(
  days: number,
  host: string,
  { plain, secure }: { plain: { host: string; port: number }[]; secure: number[] },
): string | null {
  if (days === 0 || host === '' || ownMachine.test(host)) return null;
  const open = plain.filter((place) => !isLocalPlace(place));
  const isSafe = open.every(({ port }) => port === 80 && secure.includes(443));
  return isSafe ? `max-age=${days * daySeconds}` : null;
}

/** The same of a request that came by https, as things are now. */
export async function findHsts({ headers }: IncomingMessage): Promise<string | null> {
  const settings = await readSettings();
  const ways = { plain: listPlain(settings), secure: listSecurePorts() };
  return chooseHsts(settings['web.hstsDays'], headers.host ?? '', ways);
}

function listPlain(settings: Settings) {
  return listWanted('web', settings).places.flatMap((place) => ('port' in place ? place : []));
}
