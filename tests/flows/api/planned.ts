// How the test of the REST API calls each endpoint: a row of its own for what wants a body, has something to be made before it or
// answers with another status than 200.
import type { Endpoint } from '#lib/api/endpoint.ts';

export const password = 'a nest of seven nuts';
export const own = 'own.test';

/** What there is in one domain. */
export type Things = { domain: string; user: string; shared: string; alias: string; entry: string };
/** The last of each kind that the super admin's token has made, by the first word of the path */
export const made: Record<string, string> = {};

/** What of the call does not follow from the endpoint. */
type Planned = {
  /** Another one than the endpoint's, which has what stands in braces filled in */
  path?: string;
  body?: object | ((of: Things) => object);
  status?: number;
};

function fill(path: string, of: Things): string {
  const [, first = ''] = path.split('/');
  const addressOf: Record<string, string> = { aliases: of.alias, shared: of.shared };
  return path
    .replace('{domain}', of.domain)
    .replace('{address}', encodeURIComponent(addressOf[first] ?? of.user))
    .replace('{member}', encodeURIComponent(of.user))
    .replace('{key}', 'server.hostname')
    .replace('{selector}', made.selector ?? 'none')
    .replace('{id}', first === 'queue' ? of.entry : (made[first] ?? 'none'));
}

const empty = {};
/** How each endpoint that changes something is called; what is made goes before what is done with it, and what is taken away last. */
export const changes: Record<string, Planned> = {
  'POST /domains': { body: { name: 'third.test' }, status: 201 },
  'PATCH /domains/{domain}': { body: { comment: 'ours' } },
  'POST /domains/{domain}/dkim': { body: empty, status: 201 },
  // No record of it is in the DNS.
  'POST /domains/{domain}/dkim/activate': { body: empty, status: 422 },
  'POST /domains/{domain}/dkim/{selector}/retire': { body: empty, status: 404 },
  'DELETE /domains/{domain}/dkim/{selector}': {},
  'PUT /domains/{domain}/footer': { body: { text: 'A footer', html: '', for: 'outside' } },
  'POST /users': { body: ({ domain }) => ({ address: `new@${domain}`, password }), status: 201 },
  'PATCH /users/{address}': { body: { displayName: 'P' } },
  'PUT /users/{address}/password': { body: { password } },
  'POST /users/{address}/password-link': { body: empty, status: 200 },
  'POST /users/{address}/app-passwords': {
    body: { name: 'Phone', protocols: ['imap'] },
    status: 201,
  },
  'DELETE /users/{address}/app-passwords/{id}': {
    path: '/users/{address}/app-passwords/none',
    status: 404,
  },
  'DELETE /users/{address}/sessions/{id}': { path: '/users/{address}/sessions/none', status: 404 },
  'DELETE /users/{address}/sessions': {},
  'DELETE /users/{address}/second-factor': {},
  'POST /users/{address}/rules': {
    body: { name: 'Star', conditions: [], actions: [{ do: 'flag' }] },
    status: 201,
  },
  'PATCH /users/{address}/rules/{id}': {
    path: '/users/{address}/rules/none',
    body: { isDisabled: true },
    status: 404,
  },
  'POST /users/{address}/rules/{id}/move': {
    path: '/users/{address}/rules/none/move',
    body: { position: 1 },
    status: 404,
  },
  'DELETE /users/{address}/rules/{id}': { path: '/users/{address}/rules/none', status: 404 },
  'PATCH /users/{address}/vacation': { body: { subject: 'Away' } },
  'PATCH /users/{address}/pop3': { body: { folders: ['INBOX', 'Archive'], marksSeen: null } },
  'PUT /users/{address}/role': { body: { role: 'user' } },
  'POST /users/{address}/sending': { body: { action: 'release' } },
  // The address of a shared mailbox.
  'POST /users/{address}/rename': { body: ({ shared }) => ({ address: shared }), status: 409 },
  'PATCH /user-defaults/{domain}': { body: { language: 'de' } },
  'POST /aliases': {
    body: ({ domain, user }) => ({ address: `second@${domain}`, targets: [user] }),
    status: 201,
  },
  'PATCH /aliases/{address}': { body: { comment: 'ours' } },
  'POST /shared': { body: ({ domain }) => ({ address: `group@${domain}` }), status: 201 },
  'PATCH /shared/{address}': { body: { displayName: 'Ours' } },
  // The address of a user.
  'POST /shared/{address}/rename': { body: ({ user }) => ({ address: user }), status: 409 },
  'PUT /shared/{address}/members/{member}': { body: { mayWrite: true } },
  'DELETE /shared/{address}/members/{member}': {},
  'POST /rewrites': {
    body: { scope: 'sender', pattern: 'a@old.test', replacement: 'a@own.test' },
    status: 201,
  },
  'PATCH /rewrites/{id}': { body: { comment: 'ours' } },
  'POST /networks': { body: { cidr: '10.9.0.0/16' }, status: 201 },
  'PATCH /networks/{id}': { body: { comment: 'ours' } },
  'POST /access-rules': {
    body: { scope: 'sender', pattern: '@bad.test', action: 'reject' },
    status: 201,
  },
  'PATCH /access-rules/{id}': { body: { comment: 'ours' } },
  'POST /access-rules/{id}/move': { body: { position: 1 } },
  'POST /relay-rules': { body: { target: 'hosts', hosts: 'relay.test' }, status: 201 },
  'PATCH /relay-rules/{id}': { body: { comment: 'ours' } },
  'POST /relay-rules/{id}/move': { body: { position: 1 } },
  'DELETE /blocked/{id}': { path: '/blocked/YWRkcmVzczoxOTIuMC4yLjE', status: 404 },
  'PUT /settings/{key}': { body: { value: 'mail.own.test' } },
  'DELETE /settings/{key}': {},
  'POST /users/batch': { body: ({ domain }) => ({ text: 'many:', domain }) },
  'POST /import': { body: { kind: 'mynetworks', text: '10.8.0.0/16' } },
  'POST /directory': {
    body: ({ domain }) => ({ domain, name: 'Pia', address: 'pia@outside.test' }),
    status: 201,
  },
  'PATCH /directory/{id}': { body: { phone: '123' } },
  'DELETE /directory/{id}': {},
  'PUT /queue/pauses/{destination}': {
    path: '/queue/pauses/slow.test',
    body: { reason: 'They rest' },
  },
  'DELETE /queue/suppressed/{address}': { path: '/queue/suppressed/x@none.test', status: 404 },
  'POST /queue/bulk': { body: { action: 'drop', filter: { domain: 'none.test' } } },
  'POST /announcements': { body: { text: 'Hello', until: '2099-01-01T00:00:00Z' }, status: 201 },
  'POST /announcements/{id}/end': { body: empty },
  'DELETE /announcements/{id}': {},
  // There is no folder for them.
  'POST /backups/runs': { body: empty, status: 404 },
  'POST /backups/restores': {
    body: { user: `person@${own}`, snapshot: '2026-11-21T10:00:00Z' },
    status: 404,
  },
  'POST /certificates': { body: { kind: 'self-signed', names: ['imap.own.test'] }, status: 201 },
  'PUT /certificates/{id}/chain': { body: { chain: 'x', key: 'y' }, status: 422 },
  'POST /certificates/{id}/order': { body: empty },
  'DELETE /certificates/{id}': {},
  // It waits for nobody.
  'POST /revisions/{id}/keep': { body: empty, status: 404 },
  'POST /revisions/{id}/undo': { body: { reason: 'Not ours' } },
  'POST /revisions/{id}/undo-group': { body: { reason: 'Nor this' }, status: 409 },
  'POST /configuration/apply': {
    body: { configuration: { settings: { 'web.title': 'Theirs' } } },
  },
  'POST /queue/{id}/hold': { body: empty },
  'POST /queue/{id}/release': { body: empty },
  'POST /queue/{id}/retry': { body: empty },
  'POST /webhooks': {
    body: { name: 'Far', url: 'https://hooks.example.org/', events: ['bounced'] },
    status: 201,
  },
  'PATCH /webhooks/{id}': { body: { isDisabled: true } },
  'POST /webhooks/{id}/secret': { body: empty },
  'DELETE /webhooks/{id}': {},
  'POST /queue/{id}/bounce': { body: empty },
  'DELETE /queue/{id}': { path: '/queue/none', status: 404 },
  // Before it nothing of the queue is just being tried.
  'DELETE /queue/pauses/{destination}': { path: '/queue/pauses/*' },
  'DELETE /relay-rules/{id}': {},
  'DELETE /access-rules/{id}': {},
  'DELETE /networks/{id}': {},
  'DELETE /rewrites/{id}': {},
  'DELETE /shared/{address}': {},
  'DELETE /aliases/{address}': {},
  'DELETE /users/{address}': {},
  'POST /shared/{address}/restore': { body: empty },
  'POST /users/{address}/restore': { body: empty },
  'DELETE /tokens/{id}': { path: '/tokens/none', status: 404 },
  'POST /queue/reroutes': { body: { domain: 'none.test' } },
  'POST /jobs/{name}/run': { path: '/jobs/expired-tokens/run', body: empty },
  'POST /doctor/run': { body: { ids: ['disk'] } },
  'DELETE /domains/{domain}': { path: '/domains/third.test' },
};
/** What is asked with a body, or of a thing that is not there. */
export const questions: Record<string, Planned> = {
  'POST /explain': { body: ({ user }) => ({ client: '192.0.2.1', to: [user] }) },
  'POST /configuration/plan': {
    body: { configuration: 'settings:\n  web.title: Theirs\n' },
  },
  'POST /relay-rules/test': { body: { recipient: 'x@outside.test' } },
  'POST /webhooks/{id}/test': { path: '/webhooks/none/test', body: empty, status: 404 },
  'GET /users/{address}/rules/{id}': { path: '/users/{address}/rules/none', status: 404 },
  'GET /directory/{id}': { path: '/directory/none', status: 404 },
  'POST /backups/search': {
    body: { user: `person@${own}`, snapshot: '2026-11-21T10:00:00Z' },
    status: 404,
  },
  'GET /queue/suppressed/{address}': { path: '/queue/suppressed/x@none.test', status: 404 },
  'GET /queue/pauses/{destination}': { path: '/queue/pauses/*' },
  'GET /announcements/{id}': { path: '/announcements/none', status: 404 },
  'GET /backups/runs/{id}': { path: '/backups/runs/none', status: 404 },
  'GET /certificates/{id}': { path: '/certificates/none', status: 404 },
  'GET /tokens/{id}': { path: '/tokens/none', status: 404 },
  'GET /rewrites/{id}': { path: '/rewrites/none', status: 404 },
  'GET /networks/{id}': { path: '/networks/none', status: 404 },
  'GET /access-rules/{id}': { path: '/access-rules/none', status: 404 },
  'GET /relay-rules/{id}': { path: '/relay-rules/none', status: 404 },
  'GET /webhooks/{id}': { path: '/webhooks/none', status: 404 },
  'GET /webhooks/{id}/answers': { path: '/webhooks/none/answers', status: 404 },
};

export const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;

/** Path and body of a call, with the things of one domain. */
export function planCall(endpoint: Endpoint, of: Things): { path: string; body?: object } {
  const name = nameOf(endpoint);
  const { path = endpoint.path, body } = changes[name] ?? questions[name] ?? {};
  return { path: fill(path, of), body: typeof body === 'function' ? body(of) : body };
}
