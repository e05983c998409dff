// What every mail route does first and last: who asks, does the request come from our own pages, and an answer
// in JSON where a Refusal is a sentence and anything else is ours to look into.

import type { Account } from '#lib/accounts/account.ts';
import { refuseUnstorable } from '#lib/db-errors.ts';
import { isRefusal, Refusal, type RefusalReason } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { isUid } from '#lib/webmail/imap/uid-set.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { partPattern } from '#lib/webmail/reader/tnef.ts';
import { translateSentence } from '../../i18n.ts';
import { isFromOwnPage } from '../../own-page.ts';
import { requireForScript } from '../../script-caller.ts';
import { requireForRoute } from '../../session.ts';

const log = logOf('web');
const maxJsonBytes = 4 * 1024 * 1024;

const statusOf: Record<RefusalReason, number> = {
  invalid: 400,
  'not-found': 404,
  exists: 409,
  forbidden: 403,
  'auth-failed': 401,
  throttled: 429,
  'over-quota': 507,
  'too-big': 413,
  limit: 429,
  'in-use': 409,
  conflict: 409,
  unavailable: 503,
};

type Work = (account: Account, request: Request) => Promise<Response | object | undefined>;

/** A GET route for the signed-in account. */
export function readRoute(work: Work): (request: Request) => Promise<Response> {
  return (request) => answer(request, work, false);
}

/** A route that changes something: also demands that one of our own pages sent the request. */
export function changeRoute(work: Work): (request: Request) => Promise<Response> {
  return (request) => answer(request, work, true);
}

/** A route for scripts, which show an app password with each call; cookies count for nothing here. */
export function scriptRoute(work: Work): (request: Request) => Promise<Response> {
  return async (request) => {
    const account = await requireForScript(request.headers.get('authorization'));
    return answerAs(account, request, work);
  };
}

async function answer(request: Request, work: Work, isChange: boolean): Promise<Response> {
  const account = await requireForRoute();
  return answerAs(account, request, async (who) => {
    if (isChange) refuseForeign(request);
    return work(who, request);
  });
}

async function answerAs(
  account: Account | Response,
  request: Request,
  work: Work,
): Promise<Response> {
  if (account instanceof Response) return account;
  try {
    const result = await work(account, request);
    if (result instanceof Response) return result;
    return Response.json(result ?? { ok: true }, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return await answerError(error);
  }
}

async function answerError(thrown: unknown): Promise<Response> {
  // A file that is sent comes as it is.
  const error = refuseUnstorable(thrown);
  if (isRefusal(error)) {
    const text = await translateSentence(error.message);
    const body = { error: text, reason: error.reason, field: error.field };
    return Response.json(body, { status: statusOf[error.reason] });
  }
  log.error({ err: error }, 'mail route failed');
  return Response.json({ error: 'Something went wrong on the server.' }, { status: 500 });
}

/** Refuses what another site sent. */
export function refuseForeign({ headers }: Request): void {
  if (isFromOwnPage(headers)) return;
  throw new Refusal('forbidden', 'The request came from another page.');
}

/** The JSON body of a request as an object, at most 4 MB, its texts without NUL (server/web/unreadable.ts). Refusal 'invalid' or 'too-big'. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  if (!request.headers.get('content-type')?.startsWith('application/json')) {
    throw new Refusal('invalid', 'Send JSON.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxJsonBytes) {
    throw new Refusal('too-big', 'The request is too large.');
  }
  const value: unknown = parseJson(await readText(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('invalid', 'Send a JSON object.');
  }
  return value as Record<string, unknown>;
}

/** The body as text; counted while it comes, because a request need not say its length. */
async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxJsonBytes) throw new Refusal('too-big', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value) =>
      typeof value === 'string' ? value.replaceAll('\0', '') : value,
    );
  } catch {
    return null;
  }
}

/** Folder and UID out of a query string. Refusal 'invalid'. */
export function readPlace(request: Request): {
  folder: string;
  uid: number;
  query: URLSearchParams;
} {
  const query = new URL(request.url).searchParams;
  const folder = checkFolderPath(query.get('folder'));
  return { folder, uid: checkUid(Number(query.get('uid'))), query };
}

/** Refusal 'invalid' for what is no UID. */
export function checkUid(value: unknown): number {
  if (!isUid(value)) throw new Refusal('invalid', 'This is not a message.', 'uid');
  return value;
}

/** A part number such as 1.2, or of a file inside a part, 1.2!3. Refusal 'invalid'. */
export function checkPart(value: string | null): string {
  if (!value || !partPattern.test(value)) {
    throw new Refusal('invalid', 'This is not a part.', 'part');
  }
  return value;
}
