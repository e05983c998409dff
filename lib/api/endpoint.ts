// What an endpoint of the REST API is: one row of a table (resources/). The router, the OpenAPI document and the reference
// page are made of these rows; what a row does is a function of lib/ that the panel and the command line call as well.
import { z } from 'zod';
import type { Permission } from '../accounts/permission.ts';
import type { Staff } from '../accounts/staff.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Call<Parameters, Query, Body, Prepared = undefined> = {
  /** Whom the token stands for; `address` is what the trail says. Whoever only reads is told no secret. */
  staff: Staff & { isReadOnly?: boolean };
  parameters: Parameters;
  query: Query;
  body: Body;
  prepared: Prepared;
  /** Nothing of it will stay: for what can be tried in a cheaper way, or is done by another process */
  isDryRun: boolean;
};

type Shape = z.ZodObject;
// biome-ignore lint/suspicious/noExplicitAny: a table holds rows of different calls
type Run = (call: Call<any, any, any, any>) => Promise<unknown>;

export type Endpoint = {
  method: Method;
  /** "/users/{address}" */
  path: string;
  /** Who else than super admins; null = nobody */
  permission: Permission | null;
  /** A verb and what it is about */
  title: string;
  help: string;
  parameters: Shape;
  query: Shape;
  /** null = there is none */
  body: Shape | null;
  /** null = an empty answer */
  answer: z.ZodType | null;
  /** Of an answer that is a page of many: it has no ETag */
  isPaged: boolean;
  /** A question that needs a body: it changes nothing */
  isQuestion: boolean;
  /** A question that somebody outside hears: not for tokens that only read */
  isOutward: boolean;
  /** Takes longer than a transaction should (a hash, a key) */
  isSlow: boolean;
  /** With isDryRun it changes nothing of itself: the writer is not held for a trial of thousands */
  triesItself: boolean;
  maxBodyBytes: number;
  /** What needs more than the database, before the transaction begins */
  prepare?: Run;
  run: Run;
};

const empty = z.strictObject({});
const usualBodyBytes = 256 * 1024;

/** Declares an endpoint. */
export function endpoint<
  Parameters extends Shape = typeof empty,
  Query extends Shape = typeof empty,
  Body extends Shape = typeof empty,
  Prepared = undefined,
>(declared: {
  method: Method;
  path: string;
  permission: Permission | null;
  title: string;
  help?: string;
  parameters?: Parameters;
  query?: Query;
  body?: Body;
  answer?: z.ZodType;
  isPaged?: boolean;
  isQuestion?: boolean;
  isOutward?: boolean;
  isSlow?: boolean;
  triesItself?: boolean;
  maxBodyBytes?: number;
  prepare?: (
    call: Call<z.output<Parameters>, z.output<Query>, z.output<Body>>,
  ) => Promise<Prepared>;
  run: (
    call: Call<z.output<Parameters>, z.output<Query>, z.output<Body>, Prepared>,
  ) => Promise<unknown>;
}): Endpoint {
  return {
    help: '',
    isPaged: false,
    isQuestion: false,
    isOutward: false,
    isSlow: false,
    triesItself: false,
    maxBodyBytes: usualBodyBytes,
    ...declared,
    parameters: declared.parameters ?? empty,
    query: declared.query ?? empty,
    body: declared.body ?? null,
    answer: declared.answer ?? null,
  };
}

/** Whether it changes something. */
export function isChange({ method, isQuestion }: Endpoint): boolean {
  return method !== 'GET' && !isQuestion;
}
