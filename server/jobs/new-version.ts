// Whether there is a newer version of Drey: only where an administrator has said whom to ask.

import { isNewer, newVersionFinding, ownVersion } from '#lib/numbers/version.ts';
import { readSetting } from '#lib/settings/index.ts';
import { saveFinding } from '#lib/trail/finding.ts';

const timeoutMs = 20_000;
const maxBytes = 64 * 1024;

/** Reads the first version number of what the address of the setting gives. Throws where there is none. */
export async function lookForNewVersion(): Promise<{ newer: number }> {
  const address = await readSetting('server.versionAddress');
  if (address === '') return { newer: 0 };
  const response = await fetch(address, {
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
    headers: { accept: 'application/json, text/plain' },
  });
  if (!response.ok) throw new Error(`${new URL(address).host} answered ${response.status}`);
  const version = /\d+\.\d+\.\d+/.exec(await readStart(response))?.[0];
  if (!version) throw new Error(`${new URL(address).host} names no version`);
  const newer = isNewer(version, ownVersion());
  const text = newer ? `Version ${version} is there.` : 'This is the newest version.';
  await saveFinding({ id: newVersionFinding, isGood: !newer, text, detail: { version } });
  return { newer: newer ? 1 : 0 };
}

async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
