// The web app's sockets, opened and closed as the daemon asks; those by https speak TLS with the certificate of the
// server, looked after here too from the first of them on.
import type { Socket } from 'node:net';
import { onSignIn } from '#lib/accounts/sign-in-count.ts';
import { logOf } from '#lib/log.ts';
import { type ListeningSocket, listenAt } from '../net/socket.ts';
import { shakeHands } from '../net/start-tls.ts';
import { takeProof } from '../tls/acme/tls-proof.ts';
import { startCertificates } from '../tls/certificate.ts';
import type { Answer, Question, ToChild, ToParent, WebListener } from './messages.ts';
import { Places } from './places.ts';

const log = logOf('web');

const sockets = new Map<number, ListeningSocket & { name: WebListener }>();
const places: Record<WebListener, Places> = { web: new Places(), https: new Places() };
let certificates: Promise<unknown> | null = null;

/** The ports by https that are open. */
export function listSecurePorts(): number[] {
  return [...sockets.values()].flatMap(({ name, port }) => (name === 'https' ? port : []));
}

/** Answers the daemon's questions from now on, says that it may ask, and how sign-ins end. `serve` takes connections, TLS done. */
export function followQuestions(serve: (socket: Socket) => void): void {
  const tell = (told: ToParent) => process.send?.(told);
  process.on('message', (message) => {
    const { id, ...question } = message as ToChild;
    answer(question as Question, serve)
      .catch((error: NodeJS.ErrnoException) => ({ code: error.code ?? '', error: error.message }))
      .then((said: Answer) => tell({ kind: 'answer', id, ...said }));
  });
  onSignIn((protocol, result) => tell({ kind: 'signed-in', protocol, result }));
  tell({ kind: 'prepared' });
}

async function answer(question: Question, serve: (socket: Socket) => void): Promise<Answer> {
  switch (question.kind) {
    case 'open': {
      const { socket, name, address, isBeside } = question;
      if (name === 'https') {
        certificates ??= startCertificates();
        await certificates;
      }
      const accept = (connection: Socket) => admit(name, connection, serve);
      const opened = await listenAt(address, { accept }, isBeside);
      sockets.set(socket, { ...opened, name });
      return { port: opened.port };
    }
    case 'close': {
      const open = sockets.get(question.socket);
      sockets.delete(question.socket);
      await open?.close();
      return {};
    }
    case 'count':
      return { count: places[question.name].count };
  }
}

function admit(name: WebListener, socket: Socket, serve: (socket: Socket) => void): void {
  if (!places[name].take(socket)) return;
  if (name === 'web') {
    serve(socket);
    return;
  }
  socket.on('error', () => {});
  secure(socket, serve).catch((error: unknown) =>
    log.debug({ remote: socket.remoteAddress, error }, 'TLS handshake failed'),
  );
}

/** Authorities ask at this port for proofs (RFC 8737). */
async function secure(socket: Socket, serve: (socket: Socket) => void): Promise<void> {
  if (!(await takeProof(socket))) serve(await shakeHands(socket));
}
