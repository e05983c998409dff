// Where the reader's frame may load pictures from: our own address for them alone, as the browser knows us.
import { imagePath } from '#lib/webmail/remote/image-address.ts';

/** A CSP source. */
export function imageSourceOf(request: Request): string {
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host') ?? '';
  const url = new URL(request.url);
  const scheme =
    request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() ?? url.protocol.slice(0, -1);
  const isPlain = /^[\w.:[\]-]{1,255}$/.test(host) && /^https?$/.test(scheme);
  return isPlain ? `${scheme}://${host}${imagePath}` : "'none'";
}
