// Every endpoint of the REST API, by resource. A new one is a row in a file of resources/.
import type { Endpoint } from './endpoint.ts';
import { addressEndpoints } from './resources/addresses.ts';
import { announcementEndpoints } from './resources/announcements.ts';
import { backupEndpoints } from './resources/backups.ts';
import { certificateEndpoints } from './resources/certificates.ts';
import { configurationEndpoints } from './resources/configuration.ts';
import { directoryEndpoints } from './resources/directory.ts';
import { domainEndpoints } from './resources/domains.ts';
import { machineEndpoints } from './resources/machines.ts';
import { mailEndpoints } from './resources/mail.ts';
import { manyLinesEndpoints } from './resources/many-lines.ts';
import { numberEndpoints } from './resources/numbers.ts';
import { policyEndpoints } from './resources/policy.ts';
import { queueManyEndpoints } from './resources/queue-many.ts';
import { restoreEndpoints } from './resources/restores.ts';
import { serverWorkEndpoints } from './resources/server-work.ts';
import { settingEndpoints } from './resources/settings.ts';
import { userDefaultsEndpoints } from './resources/user-defaults.ts';
import { userMailEndpoints } from './resources/user-mail.ts';
import { userSignInEndpoints } from './resources/user-sign-in.ts';
import { userEndpoints } from './resources/users.ts';

export const endpoints: readonly Endpoint[] = [
  ...domainEndpoints,
  ...userEndpoints,
  ...userSignInEndpoints,
  ...userMailEndpoints,
  ...userDefaultsEndpoints,
  ...addressEndpoints,
  ...manyLinesEndpoints,
  ...directoryEndpoints,
  ...policyEndpoints,
  ...settingEndpoints,
  ...configurationEndpoints,
  ...mailEndpoints,
  ...queueManyEndpoints,
  ...numberEndpoints,
  ...announcementEndpoints,
  ...backupEndpoints,
  ...restoreEndpoints,
  ...certificateEndpoints,
  ...machineEndpoints,
  ...serverWorkEndpoints,
];

type Match = { endpoint: Endpoint; texts: Record<string, string> };

/** What answers at that path, by method; a path without braces comes before one with. */
export function findEndpoints(path: string): Map<string, Match> {
  const words = path.split('/');
  const found = new Map<string, Match>();
  for (const endpoint of endpoints) {
    const texts = fit(endpoint.path.split('/'), words);
    if (!texts) continue;
    const known = found.get(endpoint.method);
    const isPlainer =
      !known || endpoint.path.split('{').length < known.endpoint.path.split('{').length;
    if (isPlainer) found.set(endpoint.method, { endpoint, texts });
  }
  return found;
}

function fit(pattern: string[], words: string[]): Record<string, string> | null {
  if (pattern.length !== words.length) return null;
  const texts: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const word = words[index] ?? '';
    const [, name] = /^\{(.*)\}$/.exec(part) ?? [];
    if (name === undefined) {
      if (part !== word) return null;
      continue;
    }
    const text = decode(word);
    if (text === null || text === '') return null;
    texts[name] = text;
  }
  return texts;
}

function decode(word: string): string | null {
  try {
    return decodeURIComponent(word);
  } catch {
    return null;
  }
}

/** What reads the thing that `endpoint` changes at `path`: the path itself, or else one above it; never a page of many. */
export function findReading(path: string, endpoint: Endpoint): Match | null {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const match = findEndpoints(at).get('GET');
    // "/users/batch" is no user.
    const isOfIt = match && `${endpoint.path}/`.startsWith(`${match.endpoint.path}/`);
    if (isOfIt && !match.endpoint.isPaged) return match;
  }
  return null;
}
