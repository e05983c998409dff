// Where a listener listens, as people write it: "25", "all:25", "loopback:25", "192.0.2.1:25", "[2001:db8::1]:25".
import { isIP } from 'node:net';
import { z } from 'zod';

export type Place = {
  /** "all", "loopback", an IP address, or empty: the address of the setting server.bind */
  host: string;
  port: number;
};

const placePattern = /^(?:(?<host>all|loopback|\[[0-9a-f:.]+\]|[0-9.]+):)?(?<port>\d{1,5})$/;
/** As other servers write it. */
const otherNames: [RegExp, string][] = [
  [/^(?:\*|\[::\]|0\.0\.0\.0)(?=:)/, 'all'],
  [/^localhost(?=:)/, 'loopback'],
];

const advice =
  'Give ports such as 25, all:25, loopback:25, 192.0.2.1:25 or [2001:db8::1]:25, each from 1 to 65535.';

/** The place that `text` names, or null. */
export function parsePlace(text: string): Place | null {
  const groups = placePattern.exec(text)?.groups;
  if (!groups) return null;
  const host = (groups.host ?? '').replace(/^\[|\]$/g, '');
  const port = Number(groups.port);
  if (port < 1 || port > 65_535) return null;
  const isBracketed = groups.host?.startsWith('[') ?? false;
  if (/^(?:|all|loopback)$/.test(host)) return { host, port };
  return isIP(host) === (isBracketed ? 6 : 4) ? { host, port } : null;
}

/** The other way round. */
export function writePlace({ host, port }: Place): string {
  if (host === '') return String(port);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine can reach the place. */
export function isLocalPlace({ host }: Place): boolean {
  return host === '' || host === 'loopback' || host === '::1' || host.startsWith('127.');
}

const place = z
  .string(advice)
  .trim()
  .toLowerCase()
  .transform((text) => otherNames.reduce((name, [other, ours]) => name.replace(other, ours), text))
  .refine((text) => parsePlace(text) !== null, advice);

/** Several places; none twice. */
export const placeList = z
  .array(place, advice)
  .max(20, 'At most 20 addresses.')
  .refine((list) => new Set(list).size === list.length, 'One of them stands there twice.');

/** As placeList, of this machine alone. */
export const localPlaceList = placeList.refine(
  (list) => list.every((text) => isLocalPlace(parsePlace(text) ?? { host: 'all', port: 0 })),
  'Give addresses of this machine alone, such as loopback:2024 or 127.0.0.2:24: who reaches them is not checked as a stranger.',
);
