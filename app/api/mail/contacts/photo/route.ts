// The photo of a contact as an image. Only raster types that lib/contacts/photo.ts recognized are ever stored.
import { readContact } from '#lib/contacts/contact.ts';
import { Refusal } from '#lib/errors.ts';
import { readRoute } from '../../answer.ts';

/** GET ?id= */
export const GET = readRoute(async (account, request) => {
  const id = new URL(request.url).searchParams.get('id') ?? '';
  const { photo } = await readContact(account.id, id.slice(0, 64));
  if (!photo) throw new Refusal('not-found', 'This contact has no photo.');
  return new Response(Buffer.from(photo.data, 'base64'), {
    headers: {
      'content-type': photo.type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-cache',
    },
  });
});
