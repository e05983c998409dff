// Autodiscover in JSON, which newer Outlooks ask first: it only says where the answer in XML is. The same for every address
// of a domain here.
import { readPrograms } from '#lib/programs/mail-servers.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const query = new Map(
    [...new URL(request.url).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const programs = await readPrograms({ address: query.get('email') ?? '' });
  if (!programs) return refuse(404, 'UserNotFound', 'This server has no mail for that domain.');
  if (query.get('protocol')?.toLowerCase() !== 'autodiscoverv1') {
    return refuse(400, 'InvalidProtocol', 'Only AutodiscoverV1 is here.');
  }
  const Url = `https://${programs.hostname}/autodiscover/autodiscover.xml`;
  return Response.json({ Protocol: 'AutodiscoverV1', Url }, { headers });
}

const headers = { 'cache-control': 'no-store' };

function refuse(status: number, ErrorCode: string, ErrorMessage: string): Response {
  return Response.json({ ErrorCode, ErrorMessage }, { status, headers });
}
