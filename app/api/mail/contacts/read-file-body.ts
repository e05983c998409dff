// A file that is the body of a request.
import { Refusal } from '#lib/errors.ts';

/** Its bytes; counted while they come. Refusal 'too-big'. */
export async function readFileBody(request: Request, maxBytes: number): Promise<Buffer> {
  const refuse = () => {
    throw new Refusal('too-big', 'The file is too large.');
  };
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) refuse();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) refuse();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
