// What a browser needs to show a passkey at the sign-in page. Open to everybody: it is the same for all, names nobody
// and leaves nothing behind.
import { askForPasskey } from '#lib/accounts/second-factor/passkey.ts';
import { readSite } from '../../site.ts';
import { refuseForeign } from '../mail/answer.ts';

export async function POST(request: Request): Promise<Response> {
  try {
    refuseForeign(request);
  } catch {
    return Response.json({ error: 'The request came from another page.' }, { status: 403 });
  }
  const options = await askForPasskey(await readSite());
  return Response.json(options, { headers: { 'cache-control': 'no-store' } });
}
