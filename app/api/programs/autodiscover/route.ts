// Autodiscover for Outlook: /autodiscover/autodiscover.xml in whatever case (next.config.ts leads it here), asked with a
// request in XML or, by some programs, with the address in the query. Open to everybody, as autoconfig is.
import { now } from '#lib/clock.ts';
import {
  maxRequestBytes,
  readAutodiscoverRequest,
  writeAutodiscover,
  writeAutodiscoverError,
} from '#lib/programs/autodiscover.ts';
import { readPrograms } from '#lib/programs/mail-servers.ts';

export const dynamic = 'force-dynamic';

export async function POST(request: Request): Promise<Response> {
  const text = await readLimited(request);
  if (text === null)
    return answerXml(writeAutodiscoverError('The request is too long.', now()), 413);
  const asked = readAutodiscoverRequest(text);
  if ('error' in asked) return answerXml(writeAutodiscoverError(asked.error, now()), 400);
  return answer(asked.address);
}

export async function GET(request: Request): Promise<Response> {
  const query = [...new URL(request.url).searchParams];
  const [, address = ''] = query.find(([name]) => /^(email|emailaddress)$/i.test(name)) ?? [];
  if (address === '') {
    return answerXml(writeAutodiscoverError('Send a request, or ?email=.', now()), 400);
  }
  return answer(address);
}

async function answer(address: string): Promise<Response> {
  const programs = await readPrograms({ address });
  if (programs) return answerXml(writeAutodiscover(programs), 200);
  return answerXml(writeAutodiscoverError('This server has no mail for that domain.', now()), 404);
}

function answerXml(body: string, status: number): Response {
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(body, { status, headers });
}

/** null where there is more than a request ever is. */
async function readLimited(request: Request): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxRequestBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
