// Answers of tens of thousands of lines, or one line of half a megabyte, read line by line on a plain socket of its
// own: imapflow makes objects of every token (a second for 100,000 messages) and takes a minute for the set of a sorted
// mailbox of that size. Only for commands that change nothing; the mailbox is opened by EXAMINE.
import { connect } from 'node:net';
import type { ImapFlow } from 'imapflow';
import { encodePath } from 'imapflow/lib/tools.js';
import { createInternalToken } from '../../accounts/sessions.ts';
import { internalImap } from '../../env.ts';
import { Refusal } from '../../errors.ts';
import type { MailAccount } from './pool.ts';
import type { Token } from './raw-command.ts';

const patienceMs = 20_000;
/** Five million UIDs in one line. */
const maxLineLength = 64 * 1024 * 1024;

/**
 * Runs commands in the mailbox `path` and hands over each untagged line of their answers, without "* ". Refusal
 * 'unavailable' where the daemon does not answer with OK. `client` says how names are written.
 */
export function readLines(
  account: MailAccount,
  client: ImapFlow,
  path: string,
  commands: readonly Token[][],
  onLine: (line: string) => void,
): Promise<void> {
  const { host, port } = internalImap();
  const name = encodePath(client as unknown as Parameters<typeof encodePath>[0], path);
  // RFC 7628 §3.1
  const token = `n,a=${account.address},\u0001auth=Bearer ${createInternalToken(account)}\u0001\u0001`;
  const steps = [
    `AUTHENTICATE OAUTHBEARER ${Buffer.from(token).toString('base64')}`,
    `EXAMINE ${formatString(name)}`,
    ...commands.map((tokens) => tokens.map(formatToken).join(' ')),
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = () => {
      socket.destroy();
      reject(new Refusal('unavailable', 'The mail server does not answer. It may be restarting.'));
    };
    socket.setTimeout(patienceMs, fail);
    socket.on('error', fail);
    socket.on('close', fail);
    socket.setEncoding('latin1');
    let step = 0;
    const takeLine = (line: string) => {
      if (step > 0 && line.startsWith('* ')) {
        if (step > 2) onLine(line.slice(2));
        return;
      }
      const isDone = step === 0 ? line.startsWith('* OK') : line.startsWith(`a${step} OK`);
      if (!isDone) return fail();
      if (step < steps.length) {
        // Strings stand as literals whose bytes need no answer first (RFC 7888).
        socket.write(`a${step + 1} ${steps[step]}\r\n`, 'utf8');
        step++;
        return;
      }
      socket.off('close', fail);
      socket.end('a LOGOUT\r\n');
      resolve();
    };
    // A long line comes in many chunks: joined once, at its end.
    let pieces: string[] = [];
    let length = 0;
    socket.on('data', (chunk: string) => {
      let from = 0;
      for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
        pieces.push(chunk.slice(from, end));
        takeLine(pieces.length === 1 ? pieces[0]! : pieces.join(''));
        pieces = [];
        length = 0;
        from = end + 1;
      }
      if (from === chunk.length) return;
      pieces.push(chunk.slice(from));
      length += chunk.length - from;
      if (length > maxLineLength) fail();
    });
  });
}

function formatToken(token: Token): string {
  if (Array.isArray(token)) return `(${token.map(formatToken).join(' ')})`;
  return token.type === 'STRING' ? formatString(token.value) : token.value;
}

function formatString(text: string): string {
  return `{${Buffer.byteLength(text)}+}\r\n${text}`;
}
