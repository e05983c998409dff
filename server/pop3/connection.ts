// One POP3 connection: lines in, replies out, in order (RFC 2449 §6.6, PIPELINING), with limits on every
// buffer and every wait.
//
// Invariants: one command at a time; a reply is written whole before the next command is read; what came in
// clear before STLS is forgotten; a connection that breaks removes nothing.
import type { Socket } from 'node:net';
import { logOf } from '#lib/log.ts';
import { bindingOf } from '#server/auth/channel-binding.ts';
import { responseLineLimit } from '#server/auth/sasl.ts';
import type { Session as Stoppable } from '#server/net/listener.ts';
import { startTls } from '#server/net/start-tls.ts';
import { startLoop } from '#server/store/turn.ts';
import { execute } from './execute.ts';
import { err, type Reply, replyTo } from './reply.ts';
import { createSession, endSession } from './session.ts';
import { createStuffer } from './stuffing.ts';

const log = logOf('pop3');
/** The longest line is a SASL response, or AUTH with one. */
const lineLimit = responseLineLimit + 64;
/** Pipelined commands that wait; beyond it the socket is not read. */
const pendingLimit = 4 * lineLimit;
const pieceBytes = 65_536;
/** From the connection to the end of the login, whatever the client says meanwhile. */
const loginDeadlineMs = 120_000;
/** After our goodbye; a client that only goes on sending is cut off. */
const lingerMs = 2000;
const errorLimit = { before: 10, after: 50 };

export type ConnectionOptions = {
  remote: string;
  isSecure: boolean;
  /** For the greeting. */
  hostname: string;
  idleTimeoutMs: number;
  /** Shorter in tests. */
  loginDeadlineMs?: number;
};

/** Serves `socket` until it closes. `end` of the result says goodbye after the running command. */
export function serveConnection(socket: Socket, options: ConnectionOptions): Stoppable {
  const { remote, isSecure } = options;
  const session = createSession({ remote, isSecure, binding: bindingOf(socket) });
  let stream = socket;
  let pending: Buffer = Buffer.alloc(0);
  let isRunning = false;
  let running = Promise.resolve();
  let isEnding = false;
  let errors = 0;
  let next: Reply['next'];
  const deadline = setTimeout(() => {
    log.debug({ remote }, 'no login in time');
    stream.destroy();
  }, options.loginDeadlineMs ?? loginDeadlineMs);
  deadline.unref();
  socket.once('close', () => {
    clearTimeout(deadline);
    // A login that is under way would take a place when nobody is there to give it back.
    void running.then(() => endSession(session));
  });

  const attach = () => {
    stream.setTimeout(options.idleTimeoutMs, () => stream.destroy());
    stream.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      if (pending.length > pendingLimit) stream.pause();
      wake();
    });
  };

  /** The next line, null while there is none yet, 'too-long' for one over the limit. */
  const takeLine = (): string | 'too-long' | null => {
    const end = pending.indexOf(10);
    if (end < 0) return pending.length > lineLimit ? 'too-long' : null;
    if (end > lineLimit) return 'too-long';
    const line = pending.subarray(0, end > 0 && pending[end - 1] === 13 ? end - 1 : end);
    const text = line.toString('utf8');
    pending = pending.subarray(end + 1);
    return text;
  };

  const answer = async (line: string): Promise<Reply> => {
    if (line === 'too-long') return { ...err('The line is too long.'), after: 'close' };
    if (!next) return execute(session, line);
    const continuation = next;
    next = undefined;
    return continuation(line).catch(replyTo);
  };

  const wake = () => {
    if (!isRunning) running = run();
  };

  const run = async () => {
    isRunning = true;
    // Thousands of commands may have come together, and others wait.
    const loop = startLoop();
    try {
      for (let line = takeLine(); line !== null && stream.writable; line = takeLine()) {
        const reply = await answer(line);
        next = reply.next;
        if (session.maildrop) clearTimeout(deadline);
        if (reply.isError) errors += 1;
        if (reply.after === 'start-tls') await secure(reply.line);
        else {
          // Answers to what was sent together leave together.
          const isLast = !pending.includes(10);
          if (!isLast) cork(stream);
          await send(stream, reply);
          if (isLast) uncork(stream);
        }
        if (reply.after === 'close' || isEnding || isOverErrors()) return close();
        await loop.pause();
      }
    } catch (error) {
      log.debug({ remote, error }, 'connection dropped');
      stream.destroy();
    } finally {
      isRunning = false;
    }
    if (stream.isPaused() && pending.length <= pendingLimit) stream.resume();
  };

  const isOverErrors = () => errors > (session.maildrop ? errorLimit.after : errorLimit.before);

  const close = () => {
    // Not only when the socket has closed: who has our goodbye may log in again at once.
    endSession(session);
    pending = Buffer.alloc(0);
    stream.removeAllListeners('data');
    // Read on, so that the client's last bytes do not turn our goodbye into a reset.
    stream.resume();
    stream.end();
    setTimeout(() => stream.destroy(), lingerMs).unref();
  };

  const secure = async (line: string) => {
    uncork(stream);
    const secured = await startTls(socket, `${line}\r\n`);
    // RFC 2595 §4: nothing that was said before counts.
    pending = Buffer.alloc(0);
    session.username = null;
    session.isSecure = true;
    session.binding = bindingOf(secured);
    stream = secured;
    attach();
  };

  const end = () => {
    isEnding = true;
    // A running command, QUIT above all, comes to its end first.
    if (!isRunning) close();
  };

  session.onEnded = end;
  attach();
  // No "<…>" in it: that would offer APOP (RFC 1939 §7).
  stream.write(`+OK ${options.hostname} POP3 server ready.\r\n`);
  return { end };
}

/** Writes one reply, at the pace of the client. */
async function send(stream: Socket, reply: Reply): Promise<void> {
  const head = `${reply.line}\r\n`;
  if (reply.lines) {
    const lines = reply.lines.map((line) => `${line}\r\n`).join('');
    return write(stream, Buffer.from(`${head}${lines}.\r\n`));
  }
  if (!reply.message) return write(stream, Buffer.from(head));
  const { message } = reply;
  const stuffer = createStuffer();
  if (message.length <= pieceBytes) {
    // One piece: the kernel takes it in half the time of three.
    return write(
      stream,
      Buffer.concat([Buffer.from(head), stuffer.push(message), stuffer.finish()]),
    );
  }
  cork(stream);
  stream.write(head);
  for (let start = 0; start < message.length; start += pieceBytes) {
    const piece = stuffer.push(message.subarray(start, start + pieceBytes));
    if (start + pieceBytes >= message.length) stream.write(piece);
    else await write(stream, piece);
  }
  return write(stream, stuffer.finish());
}

function cork(stream: Socket): void {
  if (stream.writableCorked === 0) stream.cork();
}

function uncork(stream: Socket): void {
  while (stream.writableCorked > 0) stream.uncork();
}

/** Resolves when more may be written; rejects when the connection is gone. */
function write(stream: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stream.writable) return reject(new Error('the connection is closed'));
    if (stream.write(bytes)) return resolve();
    uncork(stream);
    if (!stream.writableNeedDrain) return resolve();
    const settle = () => {
      stream.off('drain', settle).off('close', settle);
      if (stream.writable) resolve();
      else reject(new Error('the connection closed while a reply was sent'));
    };
    stream.on('drain', settle).on('close', settle);
  });
}
