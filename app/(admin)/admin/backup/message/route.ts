// One message of a backup as a file. It is hostile: the browser saves it and shows nothing of it.
import type { NextRequest } from 'next/server';
import { askDaemon } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import { requireAdmin } from '../../../../session.ts';

const withinMs = 120_000;

/** GET ?user=address&snapshot=name&id=EMAILID → message.eml */
export async function GET(request: NextRequest): Promise<Response> {
  const admin = await requireAdmin();
  const asked = (name: string) => request.nextUrl.searchParams.get(name) ?? '';
  const input = { by: admin.address, user: asked('user'), snapshot: asked('snapshot') };
  try {
    const { base64 } = await askDaemon<{ base64: string }>(
      'backup-message',
      { ...input, emailId: asked('id') },
      withinMs,
    );
    return new Response(Buffer.from(base64, 'base64'), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename="message.eml"',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return new Response(error.message, { status: isRefusal(error, 'not-found') ? 404 : 422 });
  }
}
