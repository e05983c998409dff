// Where the browser believes to be: passkeys belong to a host name.
import { headers } from 'next/headers';
import type { Site } from '#lib/accounts/second-factor/passkey.ts';
import { readSetting } from '#lib/settings/index.ts';
import { isSecureRequest } from './secure-request.ts';

/** The site of this request. */
export async function readSite(): Promise<Site> {
  const asked = await headers();
  const host = asked.get('x-forwarded-host')?.split(',')[0]?.trim() || asked.get('host') || '';
  const origin = `${(await isSecureRequest()) ? 'https' : 'http'}://${host}`;
  return { host: host.replace(/:\d+$/, ''), origin, title: await readSetting('web.title') };
}
