// Whether one of our own pages sent a request: the wall against other sites that make a browser act in its owner's name.

/**
 * Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin; what says neither is no browser of
 * ours.
 */
export function isFromOwnPage(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site) return site === 'same-origin';
  const page = URL.parse(headers.get('origin') ?? '');
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  if (!page?.host || !host) return false;
  // In one spelling: a proxy may say the port that browsers leave out.
  return page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}
