// The policy of MTA-STS that domains here publish (RFC 8461 §3.2): whoever brings them mail does it by verified TLS, to
// this server alone. Fetched from https://mta-sts.DOMAIN/.well-known/mta-sts.txt; the record _mta-sts.DOMAIN says that
// it is there, and by its id which one.
import { createHash } from 'node:crypto';
import { readSetting, serverHostname } from '../settings/index.ts';
import { findDomain } from './domain.ts';

export type PublishedPolicy = {
  /** Letters and digits, another for another policy */
  id: string;
  /** The file */
  text: string;
};

/** RFC 8461 §3.2: weeks, so that one blocked fetch does not undo it. */
const maxAgeSeconds = 14 * 86_400;

/** Null where the setting is off, or the domain is not received here. */
export async function findStsPolicy(name: string): Promise<PublishedPolicy | null> {
  const mode = await readSetting('tls.mtaSts');
  if (mode === 'off') return null;
  const domain = await findDomain(name);
  if (!domain || domain.isDisabled) return null;
  const lines = ['version: STSv1', `mode: ${mode}`, `mx: ${await serverHostname()}`];
  const text = `${[...lines, `max_age: ${maxAgeSeconds}`].join('\r\n')}\r\n`;
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 16), text };
}
