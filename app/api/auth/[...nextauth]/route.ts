// next-auth's own addresses: sign-in, sign-out, CSRF token, session. Open to everybody by their nature.
import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '../../../auth-options.ts';
import { isSecureRequest } from '../../../session.ts';

type Context = { params: Promise<{ nextauth: string[] }> };

async function handle(request: NextRequest, context: Context): Promise<Response> {
  return NextAuth(request, context, await authOptions(await isSecureRequest()));
}

export { handle as GET, handle as POST };
