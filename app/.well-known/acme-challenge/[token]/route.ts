// Answers an authority that wants a host name proven by HTTP (RFC 8555 §8.3) while an order runs. Open to everybody: whoever
// knows the token gets what the authority is to read.
import { findHttpAnswer } from '#lib/certificates/challenge.ts';

export const dynamic = 'force-dynamic';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ token: string }> },
): Promise<Response> {
  const answer = await findHttpAnswer((await params).token);
  if (answer === null) return new Response('There is no such proof here.\n', { status: 404 });
  const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' };
  return new Response(answer, { headers });
}
