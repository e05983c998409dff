// The profile that sets up mail on Apple's devices, at /mobileconfig?emailaddress=…: a phone opens it by the code on the
// page Mail programs, without being signed in. No secret is in it, and it is the same whether the address exists or not.
import { readPrograms } from '#lib/programs/mail-servers.ts';
import { writeMobileconfig } from '#lib/programs/mobileconfig.ts';
import { signProfile } from '#lib/programs/sign-profile.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const address = new URL(request.url).searchParams.get('emailaddress') ?? '';
  const programs = address === '' ? null : await readPrograms({ address });
  const profile = programs && writeMobileconfig(programs);
  if (!profile) return new Response('This server has no mail for that address.\n', { status: 404 });
  return new Response(new Uint8Array(await signProfile(profile)), {
    headers: {
      'content-type': 'application/x-apple-aspen-config',
      'content-disposition': 'attachment; filename="mail.mobileconfig"',
      'cache-control': 'no-store',
    },
  });
}
