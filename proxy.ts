// Runs before every page: a Content-Security-Policy with a nonce of its own for each answer, and the method and path
// of the request for the guards (app/session.ts sends people back to it after signing in). What a browser sends to a page
// must come from one of ours: Next lets actions pass that do not say from where. Guards of roles do not live here: each
// page, action and route checks for itself.
import { type NextRequest, NextResponse } from 'next/server';
import { isFromOwnPage } from './app/own-page.ts';

const isDevelopment = process.env.NODE_ENV === 'development';

function contentSecurityPolicy(nonce: string): string {
  const scripts = isDevelopment
    ? "'self' 'unsafe-inline' 'unsafe-eval'"
    : `'self' 'nonce-${nonce}' 'strict-dynamic'`;
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    // instrumentation-client.ts; the editor's cleaner names its own, also where it is loaded twice.
    ...(isDevelopment
      ? []
      : [
          "require-trusted-types-for 'script'",
          "trusted-types default dompurify 'allow-duplicates'",
        ]),
  ].join('; ');
}

/** Without a cookie a request is in nobody's name: so mail programs ask for their settings. */
function isForeignChange({ method, headers }: NextRequest): boolean {
  const isReading = method === 'GET' || method === 'HEAD';
  return !isReading && headers.has('cookie') && !isFromOwnPage(headers);
}

export function proxy(request: NextRequest): NextResponse {
  if (isForeignChange(request)) {
    return new NextResponse('The request came from another page.', { status: 403 });
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from the policy in the request.
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  headers.set('x-drey-path', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('x-drey-method', request.method);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

// Routes under /api answer with their own policy (the reader's frame needs another one). A dot in the address says
// nothing: it may stand in the name of a folder. Those of the panel have its guards, which ask for the method.
export const config = { matcher: ['/((?!api/|_next/).*)', '/api/admin/:path*'] };
