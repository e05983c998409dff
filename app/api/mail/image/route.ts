// A picture of another server, by way of ours. The reader's frame sends no cookies: the address is signed for an account
// and a message and lives for less than an hour (lib/webmail/remote/image-address.ts).
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { fetchRemoteImage } from '#lib/webmail/remote/image.ts';
import { readImageAddress } from '#lib/webmail/remote/image-address.ts';

const headers = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  // The frame that shows it is of no origin.
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

export async function GET(request: Request): Promise<Response> {
  const asked = readImageAddress(new URL(request.url).searchParams);
  if (!asked) return new Response(null, { status: 403, headers });
  try {
    const { type, bytes } = await fetchRemoteImage(asked.accountId, asked.url);
    return new Response(new Uint8Array(bytes), {
      headers: {
        ...headers,
        'content-type': type,
        'content-disposition': 'inline; filename="picture"',
        'cache-control': 'private, max-age=3600, immutable',
      },
    });
  } catch (error) {
    if (!isRefusal(error)) logOf('web').error({ err: error }, 'remote picture failed');
    return new Response(null, { status: 404, headers });
  }
}
