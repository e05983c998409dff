// How the browser reaches us.
import { headers } from 'next/headers';

/** Whether the browser speaks https, to us or to the proxy before us. */
export async function isSecureRequest(): Promise<boolean> {
  const protocol = (await headers()).get('x-forwarded-proto')?.split(',')[0]?.trim();
  return protocol === 'https';
}

/**
 * The name of a cookie of ours: by https with the prefix that makes browsers take it from this host alone and by https
 * alone (RFC 6265bis §4.1.3.2). A browser that comes by both has two, and each counts where it came from.
 */
export function nameCookie(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}
