// Calls to our own routes. A failure carries a sentence for the person; 401 is told to the page as
// the event "drey:signed-out".

/** Sentences of this file; sayRequestErrors() gives them in the language of the page. */
let sentences = {
  offline: 'No connection to the server.',
  signedOut: 'You are signed out. Sign in again.',
  broken: 'The server did not answer as it should.',
  unknown: 'Something went wrong.',
};

export type RequestSentences = typeof sentences;

/** For the layout of the webmail: requests fail in places that have no hooks. */
export function sayRequestErrors(inLanguage: RequestSentences): void {
  sentences = inLanguage;
}

export class RequestError extends Error {
  readonly status: number;
  readonly field: string | null;

  constructor(status: number, text: string, field: string | null = null) {
    super(text);
    this.status = status;
    this.field = field;
  }
}

/** GET of JSON. Throws RequestError, or AbortError where `signal` fired. */
export function getJson<T>(
  path: string,
  parameters: Record<string, string | number> = {},
  signal?: AbortSignal,
): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
  const text = search.toString();
  return send<T>(`${path}${text ? `?${text}` : ''}`, { signal: signal ?? null });
}

/** POST of JSON. Throws RequestError. */
export function postJson<T = unknown>(path: string, body: object): Promise<T> {
  return sendJson<T>('POST', path, body);
}

const keptBytes = 16_000;

/** PATCH with JSON: some fields of what the URL names. Throws RequestError. */
export function patchJson<T = unknown>(path: string, body: object): Promise<T> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  // What was chosen is kept also by who leaves the page at once; browsers allow that for 64 KB.
  const keepalive = text.length < keptBytes;
  return send<T>(path, { method: 'PATCH', headers, body: text, keepalive });
}

/** PUT of JSON. Throws RequestError. */
export function putJson<T = unknown>(path: string, body: object): Promise<T> {
  return sendJson<T>('PUT', path, body);
}

/** POST of a file, or of a form with several. Throws RequestError. */
export function postFile<T = unknown>(path: string, body: Blob | FormData): Promise<T> {
  return send<T>(path, { method: 'POST', body });
}

function sendJson<T>(method: string, path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return send<T>(path, { method, headers, body: JSON.stringify(body) });
}

/** DELETE of what the URL names. Throws RequestError. */
export function deleteAt(path: string): Promise<unknown> {
  return send(path, { method: 'DELETE' });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestError(0, sentences.offline);
  }
  const answer = (await response.json().catch(() => null)) as
    | (T & { error?: string; field?: string | null })
    | null;
  if (response.ok && answer !== null) return answer;
  // The page asks to sign in again in place (sign-in-again.tsx); what was typed stays.
  if (response.status === 401) window.dispatchEvent(new Event('drey:signed-out'));
  const text = answer?.error ?? sentences.broken;
  throw new RequestError(
    response.status,
    response.status === 401 ? sentences.signedOut : text,
    answer?.field ?? null,
  );
}

/** The sentence of an error. */
export function errorText(error: unknown): string {
  return error instanceof RequestError ? error.message : sentences.unknown;
}

/** True for a request that was given up on purpose. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
