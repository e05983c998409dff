// Asks an rspamd about a message over HTTP (its protocol page: POST /checkv2).
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ScannerTrouble } from './scanner-socket.ts';

export type RspamdAnswer = {
  action: string;
  score: number;
  /** The weightiest first */
  symbols: string[];
  /** What it wants to be told to the client, or empty */
  text: string;
};

export type RspamdQuestion = {
  sender: string;
  recipients: string[];
  remote: string;
  helo: string;
  reverseName: string | null;
  user: string | null;
  traceId: string;
  hostname: string;
  sizeBytes: number;
};

const maxAnswerBytes = 1024 * 1024;
const maxRecipients = 100;

/** Throws ScannerTrouble. */
export async function askRspamd(
  url: string,
  question: RspamdQuestion,
  chunks: AsyncIterable<Buffer>,
  timeoutMs: number,
): Promise<RspamdAnswer> {
  const text = await post(new URL('/checkv2', url), describe(question), chunks, timeoutMs);
  return readAnswer(text);
}

function describe(question: RspamdQuestion): Record<string, string | string[]> {
  const clean = (text: string) => encodeURI(text.toWellFormed()).slice(0, 500);
  const { recipients, reverseName, user } = question;
  return {
    'content-length': String(question.sizeBytes),
    'content-type': 'application/octet-stream',
    from: clean(question.sender),
    rcpt: recipients.slice(0, maxRecipients).map(clean),
    ip: question.remote,
    helo: clean(question.helo),
    'queue-id': question.traceId,
    'mta-name': clean(question.hostname),
    ...(reverseName ? { hostname: clean(reverseName) } : {}),
    ...(user ? { user: clean(user) } : {}),
  };
}

function post(
  url: URL,
  headers: Record<string, string | string[]>,
  chunks: AsyncIterable<Buffer>,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (text: string) => reject(new ScannerTrouble(text));
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = send(url, { method: 'POST', headers, signal, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        asked.destroy();
        fail(`HTTP status ${response.statusCode}`);
        return;
      }
      const answer: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        answer.push(chunk);
        length += chunk.length;
        if (length <= maxAnswerBytes) return;
        asked.destroy();
        fail('the answer is too long');
      });
      response.on('end', () => resolve(Buffer.concat(answer).toString()));
      response.on('error', (error) => fail(describeError(error)));
      response.on('close', () => fail('the answer broke off'));
    });
    asked.on('error', (error) => fail(describeError(error)));
    void sendAll(asked, chunks).catch((error: Error) => {
      asked.destroy();
      fail(describeError(error));
    });
  });
}

async function sendAll(
  to: ReturnType<typeof requestHttp>,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  for await (const chunk of chunks) {
    if (to.destroyed) return;
    if (to.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      to.once('drain', resolve);
      to.once('close', resolve);
    });
  }
  to.end();
}

function describeError(error: NodeJS.ErrnoException): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return error.code ?? 'the connection failed';
}

/** Nothing in the answer is believed to have the shape it should have. */
function readAnswer(text: string): RspamdAnswer {
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ScannerTrouble('the answer is not JSON');
  }
  if (typeof answer?.action !== 'string') throw new ScannerTrouble('the answer names no action');
  const symbols = Object.values((answer.symbols ?? {}) as Record<string, unknown>).flatMap(
    (symbol) => {
      const { name, score } = (symbol ?? {}) as { name?: unknown; score?: unknown };
      return typeof name === 'string' ? [{ name, score: Number(score) || 0 }] : [];
    },
  );
  const told = (answer.messages as { smtp_message?: unknown } | undefined)?.smtp_message;
  return {
    action: answer.action,
    score: Number(answer.score) || 0,
    symbols: symbols
      .sort((one, other) => Math.abs(other.score) - Math.abs(one.score))
      .slice(0, 8)
      .map(({ name, score }) => `${name.replace(/[^\w.-]/g, '').slice(0, 60)} ${score.toFixed(1)}`),
    text:
      typeof told === 'string'
        ? told
            .replace(/[^ -~]/g, ' ')
            .slice(0, 200)
            .trim()
        : '',
  };
}
