// An OpenID provider for tests: it lets in at once whoever it is told to be asked by, and vouches for one person.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Vouched = { sub: string; email: string; email_verified: boolean; name?: string };
export type OidcServer = {
  issuer: string;
  /** Who is signed in there. */
  person: Vouched;
  /** Requests of the token endpoint that did not fit. */
  faults: string[];
  close(): Promise<void>;
};

const clientId = 'drey';
export const clientSecret = 'between us two';

/** Starts it on loopback. */
export async function startOidc(person: Vouched): Promise<OidcServer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = {
    ...createPublicKey(privateKey).export({ format: 'jwk' }),
    kid: '1',
    use: 'sig',
    alg: 'RS256',
  };
  const codes = new Map<string, URLSearchParams>();
  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      oidc.faults.push(String(error));
      response.writeHead(500).end();
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const oidc: OidcServer = {
    issuer,
    person,
    faults: [],
    close: async () => {
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const json = (body: object) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    }
    if (url.pathname === '/keys') return json({ keys: [jwk] });
    if (url.pathname === '/authorize') {
      const code = randomBytes(12).toString('hex');
      codes.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri') ?? issuer);
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname !== '/token') return void response.writeHead(404).end();
    const form = new URLSearchParams(await readBody(request));
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const wanted = `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`).toString('base64')}`;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (request.headers.authorization !== wanted) oidc.faults.push('client');
    if (!asked || asked.get('code_challenge') !== challenge) oidc.faults.push('verifier');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: clientId,
      iat: now,
      exp: now + 60,
      nonce: asked?.get('nonce'),
    };
    json({
      access_token: 'x',
      token_type: 'Bearer',
      id_token: signToken({ ...claims, ...oidc.person }),
    });
  }

  function signToken(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: '1', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  }
  return oidc;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
