// The REST API over HTTP: a request in, a response out. Bearer tokens alone open it (RFC 6750): a cookie counts for nothing, so
// no page can make a browser call in somebody's name, and no header lets other origins read.

import { signInByApiToken, type TokenUser } from '../accounts/api-token.ts';
import { isAdminAddress } from '../accounts/network.ts';
import { mayRole } from '../accounts/permission.ts';
import { countSignIn } from '../accounts/sign-in-count.ts';
import { runFrom } from '../history/origin.ts';
import { logOf } from '../log.ts';
import { answerQuestion, makeChange, type Outcome, type Reading } from './carry-out.ts';
import { type Endpoint, isChange } from './endpoint.ts';
import { findEndpoints, findReading } from './endpoints.ts';
import { answerOnce, type Kept } from './kept-answer.ts';
import { describeOpenApi, isMaking } from './openapi.ts';
import { describeIssues, HttpProblem, toProblem } from './problem.ts';
import { readBody, readTags } from './request.ts';

export const apiPath = '/api/v1';

const log = logOf('api');
const always = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
const keyPattern = /^[\x21-\x7e]{1,200}$/;

/** Where a request comes from: `isSafe` = inside TLS, or from this machine */
export type From = { remote: string; isSafe: boolean };

/** Answers a request; never throws. */
export async function answerApi(request: Request, from: From): Promise<Response> {
  try {
    return await answer(request, from);
  } catch (error) {
    const known = toProblem(error);
    if (!known) log.error({ err: error }, 'a call of the API failed');
    const { problem, headers } =
      known ?? new HttpProblem(500, 'bug', 'Something went wrong on the server.');
    // RFC 9457 §3
    const type = { 'content-type': 'application/problem+json' };
    return Response.json(problem, {
      status: problem.status,
      headers: { ...always, ...headers, ...type },
    });
  }
}

async function answer(request: Request, from: From): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.slice(apiPath.length);
  if (path === '/openapi.json' && ['GET', 'HEAD'].includes(request.method)) {
    return Response.json(describeOpenApi(), { headers: always });
  }
  const found = findEndpoints(path);
  const methods = [...found.keys()];
  const allow = [...methods, ...(found.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    return new Response(null, { status: 204, headers: { ...always, allow } });
  }
  const user = await signIn(request, from);
  if (found.size === 0) throw new HttpProblem(404, 'not-found', 'There is nothing here.');
  const match = found.get(request.method === 'HEAD' ? 'GET' : request.method);
  if (!match) {
    const detail = `Here are ${allow}.`;
    throw new HttpProblem(405, 'method', detail, { headers: { allow } });
  }
  requirePermission(user, match.endpoint);
  const call = await readCall(request, match, user, searchParams);
  const place = `API token ${user.name}`;
  const kept = await runFrom({ place }, () =>
    isChange(match.endpoint) ? change(request, path, match.endpoint, call, user) : ask(match, call),
  );
  return respond(request, kept);
}

/** Refusal 'auth-failed', 'throttled'; problem 401, 403. */
async function signIn(request: Request, { remote, isSafe }: From): Promise<TokenUser> {
  // A token travels inside TLS, or does not leave this machine.
  if (!isSafe) throw new HttpProblem(403, 'forbidden', 'Only by https.');
  if (!(await isAdminAddress(remote))) {
    throw new HttpProblem(403, 'forbidden', 'Not from this address.');
  }
  const [, token] =
    /^Bearer +([\w-]{1,200})$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token !== undefined) return countSignIn('api', () => signInByApiToken(token, remote));
  const headers = { 'www-authenticate': 'Bearer realm="Drey"' };
  throw new HttpProblem(401, 'auth-failed', 'Show a token: Authorization: Bearer drey_…', {
    headers,
  });
}

function requirePermission(user: TokenUser, endpoint: Endpoint): void {
  if (!mayRole(user.role, endpoint.permission)) {
    throw new HttpProblem(403, 'forbidden', 'The role of this token does not reach to it.');
  }
  if (user.isReadOnly && (isChange(endpoint) || endpoint.isOutward)) {
    throw new HttpProblem(403, 'forbidden', 'This token only reads.');
  }
}

type Match = { endpoint: Endpoint; texts: Record<string, string> };

async function readCall(
  request: Request,
  { endpoint, texts }: Match,
  staff: TokenUser,
  searchParams: URLSearchParams,
) {
  const parameters = endpoint.parameters.safeParse(texts);
  if (!parameters.success) throw new HttpProblem(404, 'not-found', 'There is nothing here.');
  const { dryRun: _dryRun, ...asked } = Object.fromEntries(searchParams);
  const query = endpoint.query.safeParse(
    isChange(endpoint) ? asked : Object.fromEntries(searchParams),
  );
  if (!query.success) throw describeIssues(query.error, 'Something in the address does not fit.');
  const body = await readBody(request, endpoint);
  return {
    staff,
    parameters: parameters.data,
    query: query.data,
    body,
    prepared: undefined,
    isDryRun: readDryRun(searchParams.get('dryRun')),
  };
}

function readDryRun(text: string | null): boolean {
  if (text === null || text === '0') return false;
  if (text === '1') return true;
  const errors = [{ field: 'dryRun', pointer: '#/dryRun', detail: 'Say 1 or 0.' }];
  throw new HttpProblem(422, 'invalid', 'dryRun is 1 or 0.', { errors });
}

type ReadCall = Awaited<ReturnType<typeof readCall>>;

async function ask({ endpoint }: Match, call: ReadCall): Promise<Kept> {
  return toKept(await answerQuestion(endpoint, call));
}

async function change(
  request: Request,
  path: string,
  endpoint: Endpoint,
  call: ReadCall,
  { tokenId }: TokenUser,
): Promise<Kept> {
  const match = findReading(path, endpoint);
  const reading: Reading | null = match && {
    ...match,
    isSame: match.endpoint.path === endpoint.path,
  };
  const conditions = {
    isDryRun: call.isDryRun,
    ifMatch: readTags(request.headers.get('if-match')),
    ifNoneMatch: readTags(request.headers.get('if-none-match')),
  };
  const work = async () =>
    name(path, endpoint, toKept(await makeChange(endpoint, call, reading, conditions)));
  const key = request.headers.get('idempotency-key');
  if (key === null || endpoint.method !== 'POST' || call.isDryRun) return work();
  if (!keyPattern.test(key)) {
    throw new HttpProblem(400, 'invalid', 'An Idempotency-Key has 1 to 200 visible characters.');
  }
  const asked = JSON.stringify([path, call.query, call.body]);
  // What is prepared waits for others (the daemon, the DNS): the writer must not wait with it.
  const isSlow = endpoint.isSlow || endpoint.prepare !== undefined;
  return answerOnce({ tokenId, key, request: asked, isSlow }, work);
}

function toKept({ status, body, tag }: Outcome): Kept {
  return { status, body, headers: tag === null ? {} : { etag: tag } };
}

/** What a POST has made is there, under a name of its own (RFC 9110 §15.3.2). */
function name(path: string, endpoint: Endpoint, kept: Kept): Kept {
  if (kept.status !== 200 || !isMaking(endpoint)) return kept;
  const { dryRun, id, address, name } = (kept.body ?? {}) as Record<string, unknown>;
  if (dryRun === true) return kept;
  const own = [id, address, name].find((each) => typeof each === 'string');
  const at = `${path}/${encodeURIComponent(String(own))}`;
  const headers = { ...kept.headers };
  if (own !== undefined && findEndpoints(at).has('GET')) headers.location = apiPath + at;
  return { ...kept, status: 201, headers };
}

function respond(request: Request, { status, body, headers }: Kept): Response {
  const own = new Headers({ ...always, ...headers });
  const next = (body as { next?: unknown } | undefined)?.next;
  if (request.method !== 'POST' && typeof next === 'string') {
    const { pathname, searchParams } = new URL(request.url);
    searchParams.set('cursor', next);
    // RFC 8288 §3
    own.set('link', `<${pathname}?${searchParams}>; rel="next"`);
  }
  const wanted = readTags(request.headers.get('if-none-match'));
  const tag = own.get('etag');
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (isReading && tag !== null && (wanted?.includes(tag) || wanted?.includes('*'))) {
    return new Response(null, { status: 304, headers: own });
  }
  if (body === undefined) return new Response(null, { status, headers: own });
  return Response.json(body, { status, headers: own });
}
