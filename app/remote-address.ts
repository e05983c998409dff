// The address a request came from, for the login throttle and the trail.
//
// server/web/child.ts writes x-forwarded-for from the socket and believes a value of the request only from
// a proxy on this machine. A proxy appends the address it saw, so the last entry is the nearest one.
import { isIP } from 'node:net';

/** The last entry of the header's value, or "" where it is no address. */
export function remoteAddress(forwardedFor: string | string[] | null | undefined): string {
  const text = Array.isArray(forwardedFor) ? forwardedFor.join(',') : (forwardedFor ?? '');
  const last = (text.split(',').at(-1) ?? '').trim();
  return isIP(last) ? last : '';
}
