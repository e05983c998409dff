// Autodiscover in JSON, which newer Outlooks ask first: it only says where the answer in XML is. The same for every address
// of a domain here.
import { readPrograms } from '#lib/programs/mail-servers.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const query = new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  // …/v1.0/ADDRESS, as it was asked
  const [, last = ''] = /\/v1\.0\/([^/]{1,400})$/i.exec(pathname) ?? [];
  const address = query.get('email') ?? decodePart(last);
  const programs = await readPrograms({ address });
  if (!programs) return refuse(404, 'UserNotFound', 'This server has no mail for that domain.');
  if (query.get('protocol')?.toLowerCase() !== 'autodiscoverv1') {
    return refuse(400, 'InvalidProtocol', 'Only AutodiscoverV1 is here.');
  }
  const Url = `https://${programs.hostname}/autodiscover/autodiscover.xml`;
  return Response.json({ Protocol: 'AutodiscoverV1', Url }, { headers });
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const headers = { 'cache-control': 'no-store' };

function refuse(status: number, ErrorCode: string, ErrorMessage: string): Response {
  return Response.json({ ErrorCode, ErrorMessage }, { status, headers });
}
