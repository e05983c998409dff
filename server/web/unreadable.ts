// Requests that no page or endpoint could read, answered before Next, whose answer would be 500: a path that is no text
// (RFC 3986 §2.1), a NUL in the address, which PostgreSQL keeps in no text (bodies: lib/api/request.ts, app/form-answer.ts,
// app/api/mail/answer.ts), a method that nothing here has (RFC 9110 §9.1). Programs of the API get a problem document (RFC 9457).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpProblem } from '#lib/api/problem.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What is wrong with it, or null. */
export function findUnreadable(method = '', url = ''): HttpProblem | null {
  if (!methods.includes(method)) {
    const allow = methods.join(', ');
    return new HttpProblem(405, 'method', `Here are ${allow}.`, { headers: { allow } });
  }
  if (url.includes('%00')) {
    return new HttpProblem(400, 'invalid', 'The address holds a NUL character.');
  }
  const [path = ''] = url.split('?', 1);
  try {
    decodeURIComponent(path);
    return null;
  } catch {
    return new HttpProblem(400, 'invalid', 'The address has a "%" without two hexadecimal digits.');
  }
}

/** Answers such a request; false where there is nothing wrong. */
export function refuseUnreadable(request: IncomingMessage, response: ServerResponse): boolean {
  const found = findUnreadable(request.method, request.url);
  if (!found) return false;
  const { problem, headers } = found;
  const isApi = request.url?.startsWith('/api/') ?? false;
  const type = isApi ? 'application/problem+json' : 'text/plain; charset=utf-8';
  response
    .writeHead(problem.status, { ...headers, 'content-type': type, 'cache-control': 'no-store' })
    .end(isApi ? JSON.stringify(problem) : `${problem.detail}\n`);
  return true;
}
