// The address a request came from, for the login throttle and the trail.
//
// The web process (server/web/child.ts) writes the peer's address into X-Forwarded-For and keeps what a
// proxy on this machine wrote; the last entry is the one written nearest to us.

/** The last entry of the header's value, or "" where nothing is known. */
export function remoteAddress(forwardedFor: string | string[] | null | undefined): string {
  const text = Array.isArray(forwardedFor) ? forwardedFor.join(',') : (forwardedFor ?? '');
  return (text.split(',').at(-1) ?? '').trim().slice(0, 64);
}
