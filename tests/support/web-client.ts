// A signed-in visitor of the web app without a browser: pages by GET, server actions as React sends them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Action = { filename: string; exportedName: string; workers: Record<string, unknown> };

const folder = join(import.meta.dirname, '..', '..', process.env.DREY_DIST || '.next', 'server');

/** The id of every server action of the build and a page that has it, by "app/…/actions.ts#name". */
export function readActions(): Map<string, { id: string; page: string }> {
  const text = readFileSync(join(folder, 'server-reference-manifest.json'), 'utf8');
  const { node } = JSON.parse(text) as { node: Record<string, Action> };
  return new Map(
    Object.entries(node).map(([id, { filename, exportedName, workers }]) => {
      const pages = Object.keys(workers).sort((one, other) => one.length - other.length);
      return [`${filename}#${exportedName}`, { id, page: addressOf(pages[0] ?? '') }];
    }),
  );
}

/** "app/(admin)/admin/users/[id]/page" as an address; what stands for [id] is nobody's. */
export function addressOf(page: string): string {
  const parts = page.replace(/\/page(\.tsx)?$|\/route(\.ts)?$/, '').split('/');
  const words = parts.filter((part) => part !== 'app' && !/^\(.*\)$/.test(part));
  return `/${words.map((word) => (word.startsWith('[') ? 'x' : word)).join('/')}`;
}

export type Answer = { status: number; text: string };
/** What an action is called with: values, or the fields of a form. */
export type Call = unknown[] | Record<string, string>;

export type Visitor = {
  get(path: string): Promise<Answer>;
  /** Another call of a route, as the pages make it. */
  send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Answer>;
  /** The answer, what the action returned, and where it leads the browser ("" where it stays). */
  act(
    action: { id: string; page: string },
    call: Call,
  ): Promise<Answer & { returned: unknown; leadsTo: string }>;
};

/** `code`: of the authenticator app. */
type Credentials = { address: string; password: string; code?: string };

/**
 * Each request on a connection of its own: one that is kept ends after seconds without a word, perhaps while the next request
 * is on its way.
 */
export const onItsOwn = { connection: 'close' };

/** Signs in; null = nobody. */
export async function visit(url: string, who: Credentials | null): Promise<Visitor> {
  const headers: Record<string, string> = {
    ...onItsOwn,
    origin: url,
    'sec-fetch-site': 'same-origin',
  };
  if (who) headers.cookie = await signIn(url, who);
  const read = async (answer: Response) => ({ status: answer.status, text: await answer.text() });
  return {
    get: async (path) => read(await fetch(url + path, { redirect: 'manual', headers })),
    send: async (method, path, body = {}) =>
      read(
        await fetch(url + path, {
          method,
          redirect: 'manual',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    act: async ({ id, page }, call) => {
      const answer = await fetch(url + page, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headers, 'next-action': id, accept: 'text/x-component' },
        body: encode(call),
      });
      const { status, text } = await read(answer);
      // "/login;push": the kind of the step follows.
      const [leadsTo = ''] = (answer.headers.get('x-action-redirect') ?? '').split(';');
      return { status, text, returned: decode(text), leadsTo };
    },
  };
}

async function signIn(url: string, who: Credentials): Promise<string> {
  const jar = openJar(url);
  const answer = await jar.post('/api/auth/callback/credentials', who);
  if (!jar.has('drey.session')) throw new Error(`${who.address} cannot sign in: ${answer.status}`);
  return jar.cookie();
}

/** Goes to the OpenID provider and comes back; where that leads ("/options/personal", "/login?error=…"). */
export async function signInByOidc(url: string): Promise<string> {
  const jar = openJar(url);
  const placeOf = (answer: Response) => answer.headers.get('location') ?? '';
  const there = placeOf(
    await jar.post('/api/auth/signin/oidc', { callbackUrl: `${url}/options/personal` }),
  );
  const back = placeOf(await fetch(there, { redirect: 'manual' }));
  return placeOf(await jar.get(back)).replace(url, '');
}

/** The cookies of a browser. */
function openJar(url: string) {
  const held = new Map<string, string>();
  const cookie = () => [...held].map(([name, value]) => `${name}=${value}`).join('; ');
  const ask = async (address: string, options: RequestInit = {}) => {
    const headers = { ...onItsOwn, cookie: cookie() };
    const answer = await fetch(address, { redirect: 'manual', headers, ...options });
    for (const given of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(given) ?? [];
      held.set(name, value);
    }
    return answer;
  };
  return {
    cookie,
    has: (name: string) => held.has(name),
    get: (address: string) => ask(address),
    /** A form of next-auth. */
    post: async (path: string, form: Record<string, string>) => {
      const token = await ask(`${url}/api/auth/csrf`);
      const { csrfToken } = (await token.json()) as { csrfToken: string };
      const body = new URLSearchParams({ ...form, csrfToken });
      return ask(url + path, { method: 'POST', body });
    },
  };
}

/** As React sends it: values as JSON, a form beside the state before it. */
function encode(call: Call): string | FormData {
  if (Array.isArray(call)) return JSON.stringify(call);
  const body = new FormData();
  for (const [name, value] of Object.entries(call)) body.append(`_1_${name}`, value);
  body.append('0', JSON.stringify([{ status: 'idle' }, '$K1']));
  return body;
}

/** The row of the answer that the first one names ("a":"$@1"). */
function decode(text: string): unknown {
  const row = /^1:(.*)$/m.exec(text)?.[1];
  if (row === undefined || row === '"$undefined"') return undefined;
  try {
    return JSON.parse(row);
  } catch {
    return row;
  }
}
