// Where next-auth leads after signing in or out, as the browser asks for it: a page of ours, else the start page.
// next-auth takes what is no address at all for a fault of the server.

/** Whether next-auth can read it: http(s), or a path. */
export function isReadable(asked: string): boolean {
  const base = asked.startsWith('/') ? 'http://localhost' : undefined;
  return /^https?:$/.test(URL.parse(asked, base)?.protocol ?? '');
}

/** `origin`: of our own pages, "https://mail.test". */
export function chooseTarget(asked: string, origin: string): string {
  const target = URL.parse(asked, origin);
  return target?.origin === origin ? target.href : origin;
}
