// What comes with a request: a body of JSON, and entity tags.
import type { Endpoint } from './endpoint.ts';
import { describeIssues, HttpProblem } from './problem.ts';

const types = ['application/json', 'application/merge-patch+json'];

/** The body as the endpoint wants it. Problem 400, 413, 415, 422. */
export async function readBody(request: Request, endpoint: Endpoint): Promise<object> {
  const bytes = await readBytes(request, endpoint.maxBodyBytes);
  if (endpoint.body === null) {
    if (bytes.length === 0) return {};
    throw new HttpProblem(400, 'invalid', 'This call has no body.');
  }
  // Where everything may be left out, the body may be.
  if (bytes.length === 0 && endpoint.body.safeParse({}).success) return endpoint.body.parse({});
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (!types.includes(type ?? '')) {
    throw new HttpProblem(415, 'media-type', 'Send JSON: Content-Type: application/json.');
  }
  const parsed = endpoint.body.safeParse(parse(bytes));
  if (parsed.success) return parsed.data;
  throw describeIssues(parsed.error, 'Something in the body does not fit.');
}

/** Counted while it comes: a request need not say its length. */
async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new HttpProblem(413, 'too-big', `A body here has at most ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A NUL as JSON writes it: an odd number of backslashes before it. */
const nul = /(?<!\\)(?:\\\\)*\\u0000/;

function parse(bytes: Buffer): unknown {
  const text = decode(bytes);
  if (nul.test(text)) throw new HttpProblem(400, 'invalid', 'The body holds a NUL character.');
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'invalid', 'The body is no JSON.');
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, 'invalid', 'The body is no UTF-8.');
  }
}

/** Entity tags of If-Match or If-None-Match (RFC 9110 §13.1); null without the header. Problem 400. */
export function readTags(header: string | null): string[] | null {
  if (header === null) return null;
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.every((tag) => tag === '*' || /^(W\/)?"[^"]{0,100}"$/.test(tag))) return tags;
  throw new HttpProblem(400, 'invalid', 'An entity tag stands in quotes.');
}
