// Errors of the REST API as problem details (RFC 9457): what the closed list of refusals is in HTTP, in one place.
import { z } from 'zod';
import { secondsUntil } from '../clock.ts';
import { isRefusal, type Refusal, type RefusalReason } from '../errors.ts';

/** The body of every error */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  reason: z.string().describe('for programs: does not change'),
  errors: z
    .array(z.object({ field: z.string(), pointer: z.string(), detail: z.string() }))
    .optional()
    .describe('what is wrong, field by field'),
});
export type Problem = z.output<typeof problemSchema>;

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

const statusOf: Record<RefusalReason, number> = {
  invalid: 422,
  'not-found': 404,
  exists: 409,
  forbidden: 403,
  'auth-failed': 401,
  throttled: 429,
  'over-quota': 507,
  'too-big': 413,
  limit: 409,
  'in-use': 409,
  conflict: 409,
  unavailable: 503,
};

/** Thrown for what HTTP itself refuses. */
export class HttpProblem extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    reason: string,
    detail: string,
    more: { errors?: Problem['errors']; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.headers = more.headers ?? {};
    this.problem = {
      // RFC 9457 §4.2.1: the status says what it is.
      type: 'about:blank',
      title: titles[status] ?? 'Error',
      status,
      detail,
      reason,
      ...(more.errors ? { errors: more.errors } : {}),
    };
  }
}

/** The problem that an error is; null for a bug. */
export function toProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (!isRefusal(error)) return null;
  const { reason, message, field } = error;
  const errors = field === null ? undefined : [nameField(field, message)];
  const headers = describeWait(error);
  if (reason === 'auth-failed')
    headers['www-authenticate'] = 'Bearer realm="Drey", error="invalid_token"';
  return new HttpProblem(statusOf[reason], reason, message, { errors, headers });
}

/** Retry-After where it is known when a further try makes sense (RFC 9110 §10.2.3). */
export function describeWait({ retryAt }: Refusal): Record<string, string> {
  return retryAt === null ? {} : { 'retry-after': String(secondsUntil(retryAt)) };
}

/** What does not fit a schema, field by field. */
export function describeIssues(error: z.ZodError, detail: string): HttpProblem {
  const errors = error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [nameField(path.join('.'), issue.message)];
    return issue.keys.map((key) => nameField([...path, key].join('.'), 'There is no such field.'));
  });
  return new HttpProblem(422, 'invalid', detail, { errors });
}

function nameField(field: string, detail: string) {
  const pointer = field === '' ? '#' : `#/${field.replaceAll('.', '/')}`;
  return { field, pointer, detail };
}
