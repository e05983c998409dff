// How the browser reaches us.
import { headers } from 'next/headers';

/** Whether the browser speaks https, to us or to the proxy before us. */
export async function isSecureRequest(): Promise<boolean> {
  const protocol = (await headers()).get('x-forwarded-proto')?.split(',')[0]?.trim();
  return protocol === 'https';
}
