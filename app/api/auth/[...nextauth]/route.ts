// next-auth's own addresses: sign-in, sign-out, CSRF token, session. Open to everybody by their nature, so
// what they read is bounded here.
import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '../../../auth-options.ts';
import { isReadable } from '../../../callback-url.ts';
import { isSecureRequest } from '../../../secure-request.ts';

type Context = { params: Promise<{ nextauth: string[] }> };

const maxBodyBytes = 16 * 1024;

async function handle(request: NextRequest, context: Context): Promise<Response> {
  if (request.method === 'POST') {
    // next-auth reads the body whole; browsers always say how long it is (RFC 9110 §15.5.12, §15.5.14).
    const length = request.headers.get('content-length');
    if (length === null) return new Response('Length required', { status: 411 });
    if (!(Number(length) <= maxBodyBytes)) return new Response('Too large', { status: 413 });
  }
  const { nextauth } = await context.params;
  if (request.method === 'GET' && nextauth.join('/') === 'callback/credentials') {
    // next-auth takes it for a fault of the server.
    return new Response('Method not allowed', { status: 405, headers: { allow: 'POST' } });
  }
  const { searchParams } = request.nextUrl;
  if (!searchParams.getAll('callbackUrl').every(isReadable)) searchParams.delete('callbackUrl');
  return NextAuth(request, context, await authOptions(await isSecureRequest()));
}

export { handle as GET, handle as POST };
