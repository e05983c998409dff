// The address a request came from, for the login throttle and the trail.
//
// Next sets x-forwarded-for to the peer's address when the request has none. A proxy in front appends the
// address it saw, so the last entry is the one written nearest to us. Without a proxy a client may write
// the header itself: the limit per account (lib/accounts/throttle.ts) holds all the same.

/** The last entry of the header's value, or "" where nothing is known. */
export function remoteAddress(forwardedFor: string | string[] | null | undefined): string {
  const text = Array.isArray(forwardedFor) ? forwardedFor.join(',') : (forwardedFor ?? '');
  return (text.split(',').at(-1) ?? '').trim().slice(0, 64);
}
