// Where each listener is to listen: the environment goes first, then the settings. What really listens, the daemon
// knows (server/net/listeners.ts).
import { bindAddress, type ListenerName, portFromEnvironment } from '../env.ts';
import { findSetting, readSettings, type Settings } from './index.ts';
import { type Place, parsePlace } from './place.ts';

/** What the environment says of a listener. */
export type ListenerEnvironment = { port: number | null; bind: string | null };

export type WantedPlace =
  /** `isFixed`: the address stands in the environment, so no setting speaks against it */
  (Place & { isFixed: boolean }) | { path: string };

export type Wanted = {
  places: WantedPlace[];
  /** Who chose the ports */
  from: 'environment' | 'setting' | 'default';
};

/** At the port alone they listen on the loopback address: others need not reach them. */
const localListeners: ListenerName[] = ['lmtp', 'metrics'];

const standardPorts: Record<ListenerName, number> = {
  web: 80,
  https: 443,
  smtp: 25,
  submission: 587,
  submissions: 465,
  lmtp: 24,
  imap: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
  metrics: 9464,
};

/** What the environment says of `name` now. */
export function readEnvironment(name: ListenerName): ListenerEnvironment {
  return { port: portFromEnvironment(name), bind: bindAddress() };
}

/** The places of `name`; none where it is off. Port 0: the system chooses. */
export function listWanted(
  name: ListenerName,
  settings: Settings,
  environment = readEnvironment(name),
): Wanted {
  const key = `listeners.${name}` as const;
  const isOfDefault = JSON.stringify(settings[key]) === JSON.stringify(findSetting(key).default);
  const chosen = isOfDefault ? 'default' : 'setting';
  const from = environment.port === null ? chosen : 'environment';
  if (name === 'lmtp' && !settings['smtp.hasLmtp']) return { places: [], from };
  const path = settings['smtp.lmtpSocket'];
  if (name === 'lmtp' && path) return { places: [{ path }], from };
  const given =
    environment.port === null
      ? settings[key].flatMap((text) => parsePlace(text) ?? [])
      : [{ host: '', port: environment.port }];
  return {
    from,
    places: given.map(({ host, port }) => {
      if (host !== '') return { host, port, isFixed: false };
      if (localListeners.includes(name)) return { host: 'loopback', port, isFixed: true };
      const { bind } = environment;
      return { host: bind ?? settings['server.bind'], port, isFixed: bind !== null };
    }),
  };
}

/** The ports of `name`, the usual one first; none where it is off. */
export async function listPorts(name: ListenerName): Promise<number[]> {
  const { places } = listWanted(name, await readSettings());
  const ports = places.flatMap((place) => ('port' in place && place.port > 0 ? place.port : []));
  const usual = standardPorts[name];
  return ports.includes(usual) ? [usual, ...ports.filter((port) => port !== usual)] : ports;
}

/** Where somebody at this machine finds the web pages: "http://localhost:3000". */
export async function localWebUrl(): Promise<string> {
  const settings = await readSettings();
  const [web] = listWanted('web', settings).places;
  const [https] = listWanted('https', settings).places;
  const place = web ?? https;
  const scheme = place === https && https ? 'https' : 'http';
  const port = place && 'port' in place ? place.port : 0;
  const isUsual = port === standardPorts[scheme === 'https' ? 'https' : 'web'];
  return `${scheme}://localhost${isUsual ? '' : `:${port}`}`;
}
