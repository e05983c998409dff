// What SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and ARC say about a message, as the one
// Authentication-Results field of this server (RFC 8601). The checking is mailauth's.
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { authenticate } from 'mailauth';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import { resolveForMailauth } from './resolver.ts';

/** The sender waits for the answer to its final dot meanwhile. */
const waitMs = 8000;

/** Many signatures or long names make it longer than anybody reads. */
const maxFieldLength = 8192;

export type Claim = { remote: string; helo: string; sender: string; hostname: string };

/** The finished field with CRLF, or null where the DNS did not answer in time. */
export async function makeStamp(body: StagedBody, claim: Claim): Promise<string | null> {
  const message = body.bytes ?? (body.path === null ? null : createReadStream(body.path));
  if (message === null) return null;
  const checked = authenticate(message, {
    ip: claim.remote,
    helo: claim.helo,
    sender: claim.sender,
    mta: claim.hostname,
    disableBimi: true,
    resolver: resolveForMailauth as never,
  }).then(({ headers }) => readField(headers));
  return Promise.race([checked, sleep(waitMs, null, { ref: false })]);
}

/** Our field out of the header lines that mailauth made, each line clean. */
function readField(headers: string): string | null {
  const at = headers.indexOf('Authentication-Results: ');
  if (at < 0) return null;
  const [first = '', ...rest] = headers.slice(at).split(/\r?\n/);
  const end = rest.findIndex((line) => !/^[ \t]+\S/.test(line));
  const lines = [first, ...rest.slice(0, end < 0 ? rest.length : end)];
  const field = `${lines.map((line) => line.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '')).join('\r\n')}\r\n`;
  return field.length > maxFieldLength ? null : field;
}
