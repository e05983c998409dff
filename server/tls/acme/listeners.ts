// The ports on which an authority asks for proofs, open while there are certificates by ACME: HTTP-01 (RFC 8555 §8.3) and
// TLS-ALPN-01 (RFC 8737). They serve nothing else. Where the web pages have a port, those answer; where another server
// has it, that one has to pass the question on.
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { findAgreement } from '#lib/certificates/acme-account.ts';
import { findHttpAnswer } from '#lib/certificates/challenge.ts';
import { logOf } from '#lib/log.ts';
import { readSettings } from '#lib/settings/index.ts';
import { listPorts } from '#lib/settings/wanted.ts';
import { listenHost } from '../../net/bind.ts';
import { lendPort, returnPort } from '../../net/listeners.ts';
import { takeProof } from './tls-proof.ts';

type Kind = 'http' | 'tls';
type Open = { server: HttpServer | Server; place: string; port: number };

const log = logOf('acme');
const path = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]{8,256})$/;
const mostConnections = 50;

const open: Partial<Record<Kind, Open>> = {};
const problems: Record<Kind, string> = { http: '', tls: '' };

/** Why a port is not open; empty = it is, or nobody wants it. */
export function listenerProblems(): Readonly<Record<Kind, string>> {
  return problems;
}

/** Opens and closes what settings and agreement ask for now. */
export async function adjustProofListeners(): Promise<void> {
  const settings = await readSettings();
  const isWanted = (await findAgreement()) !== null;
  const host = await listenHost();
  const ports = { http: settings['tls.acmeHttpPort'], tls: settings['tls.acmeTlsPort'] };
  for (const kind of ['http', 'tls'] as const) {
    // The web pages answer for themselves (app/.well-known, server/web/sockets.ts).
    const isTaken = (await listPorts(kind === 'http' ? 'web' : 'https')).includes(ports[kind]);
    const isFree = isWanted && ports[kind] > 0 && !isTaken;
    const place = isFree ? `${host} ${ports[kind]}` : '';
    if ((open[kind]?.place ?? '') === place) continue;
    close(kind);
    problems[kind] = '';
    if (place) await listen(kind, host, ports[kind], place);
  }
}

export function closeProofListeners(): void {
  close('http');
  close('tls');
}

function close(kind: Kind): void {
  const { server, port } = open[kind] ?? {};
  delete open[kind];
  if (port) returnPort(port);
  server?.close();
  if (server && 'closeAllConnections' in server) server.closeAllConnections();
}

async function listen(kind: Kind, host: string, port: number, place: string): Promise<void> {
  const server = kind === 'http' ? makeHttpServer() : makeTlsServer();
  server.maxConnections = mostConnections;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => log.error({ err: error, kind }));
    open[kind] = { server, place, port };
    lendPort(port, async () => close(kind));
    log.info({ kind, host, port }, 'listening for proofs');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const texts: Record<string, string> = {
      EADDRINUSE: `Port ${port} belongs to another server, which has to pass proofs on.`,
      EACCES: `Port ${port} may not be opened by this user: grant the right for ports below 1024, or set another port.`,
    };
    const text = texts[code ?? ''] ?? `Port ${port} cannot be opened (${code}).`;
    if (problems[kind] !== text) log.info({ kind, host, port }, text);
    problems[kind] = text;
  }
}

function makeHttpServer(): HttpServer {
  return createHttpServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 },
    (request, response) => {
      const [, token = ''] = path.exec((request.url ?? '').split('?')[0] ?? '') ?? [];
      findHttpAnswer(request.method === 'GET' ? token : '')
        .then((answer) => {
          response.writeHead(answer === null ? 404 : 200, {
            'content-type': 'application/octet-stream',
            connection: 'close',
          });
          response.end(answer ?? '');
          if (answer !== null) log.info({ host: request.headers.host }, 'proof by HTTP given');
        })
        .catch((error: unknown) => {
          log.error({ err: error }, 'a proof could not be looked up');
          response.writeHead(500, { connection: 'close' }).end();
        });
    },
  );
}

function makeTlsServer(): Server {
  return createServer((socket) => {
    socket.on('error', () => {});
    void takeProof(socket).then((isTaken) => {
      if (!isTaken) socket.destroy();
    });
  });
}
