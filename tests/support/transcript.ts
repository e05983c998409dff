// Golden transcripts of line protocols (IMAP, POP3, SMTP): several connections, captured values, literals.
//
//   # a comment                       ignored, like empty lines
//   A> a1 LOGIN ${user} secret        sends the line; the first mention of A connects it
//   A> a2 APPEND INBOX {=+}           {=} and {=+} become the size of the "| " lines below, each with CRLF;
//   | Subject: hello                  for {=} the runner waits for the "+" line before it sends them
//   |
//   | text
//   A>>  (\Flagged) {=+}              goes on with the same command behind the literal (no CRLF before it)
//   A< a1 OK ...                      the next line must fit: "..." stands for any text
//   A< * OK [UIDVALIDITY ${v=\d+}] …  ${name=regex} captures, ${name} repeats what was captured
//   A<< a1 OK                         reads lines until one fits
//   A! EXPUNGE                        no line that the next "A<<" reads over may hold this text ("..." works)
//   A= whole text                     like A< but the line must be exactly this
//   A: close                          the client closes its side
//   A: closed                         the server must have closed; nothing may be unread
//   A: starttls                       TLS handshake on this connection
//   A: raw text\r\nmore\x00           sends the bytes as they are, escapes \r \n \t \\ \xHH
//   %ours … %end                      what another server may do otherwise: left out when it is one that is asked
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type Variables = Record<string, string>;

export type TranscriptOptions = {
  /** Opens a connection for the name (A, B, …) that the transcript uses. */
  connect(name: string): Promise<Socket> | Socket;
  /** Known at the start, as ${name}. */
  variables?: Variables;
  /** It is another server: what is marked as ours only is left out, and each difference told here and passed over. */
  onDifference?: (text: string) => void;
};

const waitMs = 120_000;

/** Plays the transcript file; rejects with file, line and what came instead. */
export async function runTranscript(path: string, options: TranscriptOptions): Promise<void> {
  await playTranscript(readFileSync(path, 'utf8'), path, options);
}

/** The same for a text; `name` stands in errors. */
export async function playTranscript(
  text: string,
  name: string,
  options: TranscriptOptions,
): Promise<void> {
  const player = new Player(text.split(/\r?\n/), options);
  try {
    await player.play();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}:${player.line}: ${reason}\n${player.history()}`);
  } finally {
    player.end();
  }
}

class Player {
  readonly #lines: string[];
  readonly #options: TranscriptOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #variables: Variables;
  readonly #told: string[] = [];
  #at = 0;

  constructor(lines: string[], options: TranscriptOptions) {
    this.#lines = lines;
    this.#options = options;
    this.#variables = { ...options.variables };
  }

  get line(): number {
    return this.#at;
  }

  history(): string {
    return this.#told.slice(-25).join('\n');
  }

  end(): void {
    for (const peer of this.#peers.values()) peer.end();
  }

  async play(): Promise<void> {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++] ?? '';
      if (line === '%ours' && this.#options.onDifference) this.#skipOurs();
      if (line.trim() === '' || line.startsWith('#') || line.startsWith('%')) continue;
      const match = /^(\w+)(>>|>|<<|<|=|!|:)(?: (.*))?$/.exec(line);
      if (!match) throw new Error(`not a transcript line: ${line}`);
      const [, name = '', action = '', rest = ''] = match;
      await this.#act(await this.#peer(name), action, rest);
    }
  }

  #skipOurs(): void {
    const end = this.#lines.indexOf('%end', this.#at);
    if (end < 0) throw new Error('%ours without %end');
    this.#at = end + 1;
  }

  async #peer(name: string): Promise<Peer> {
    let peer = this.#peers.get(name);
    if (!peer) {
      peer = new Peer(await this.#options.connect(name), (text) =>
        this.#told.push(`${name}${text}`),
      );
      this.#peers.set(name, peer);
    }
    return peer;
  }

  async #act(peer: Peer, action: string, rest: string): Promise<void> {
    switch (action) {
      case '>':
      case '>>':
        return this.#send(peer, this.#fill(rest), action === '>>');
      case '<':
      case '=':
        return this.#meet(peer, rest, action === '=');
      case '<<':
        return this.#seek(peer, rest);
      case '!':
        peer.forbidden.push(rest);
        return;
      default:
        return this.#control(peer, rest);
    }
  }

  async #meet(peer: Peer, pattern: string, isExact: boolean): Promise<void> {
    const { onDifference } = this.#options;
    if (!onDifference) return this.#expect(await peer.readLine(), pattern, isExact);
    const isUntagged = /^[*+] /.test(pattern);
    for (;;) {
      const line = await peer.readLine();
      if (this.#fits(line, pattern)) return;
      if (/^\* /.test(line) && !isUntagged) {
        onDifference(`${this.#at}: beyond that: ${line}`);
        continue;
      }
      onDifference(`${this.#at}: ${pattern}\n      not: ${line}`);
      // Of its reply there is no more to come; what else we expected is missed line by line.
      if (isUntagged && !/^[*+] /.test(line)) peer.unread(line);
      return;
    }
  }

  async #send(peer: Peer, text: string, isContinued: boolean): Promise<void> {
    if (peer.isOpen && !isContinued) peer.send('\r\n');
    peer.isOpen = false;
    const literal = /\{=(\+?)\}$/.exec(text);
    if (!literal) {
      peer.send(`${text}\r\n`);
      return;
    }
    const body = this.#takeBody();
    const size = Buffer.byteLength(body);
    peer.send(`${text.slice(0, literal.index)}{${size}${literal[1]}}\r\n`);
    if (literal[1] === '') this.#expect(await peer.readLine(), '+ ...');
    peer.send(body);
    // A line that goes on behind the literal follows as ">>"; else the command ends here.
    const next = this.#lines[this.#at] ?? '';
    if (/^\w+>>/.test(next)) peer.isOpen = true;
    else peer.send('\r\n');
  }

  #takeBody(): string {
    let body = '';
    while (/^\|( |$)/.test(this.#lines[this.#at] ?? '')) {
      body += `${this.#fill((this.#lines[this.#at++] ?? '').slice(2))}\r\n`;
    }
    return body;
  }

  async #seek(peer: Peer, pattern: string): Promise<void> {
    for (;;) {
      const line = await peer.readLine();
      if (this.#fits(line, pattern)) break;
      for (const text of peer.forbidden) {
        if (this.#fits(line, `...${text}...`)) throw new Error(`must not come: ${line}`);
      }
    }
    peer.forbidden = [];
  }

  #expect(line: string, pattern: string, isExact = false): void {
    const isFit = isExact ? line === this.#fill(pattern) : this.#fits(line, pattern);
    if (!isFit) throw new Error(`expected: ${this.#fill(pattern)}\n     got: ${line}`);
  }

  #fits(line: string, pattern: string): boolean {
    const names: string[] = [];
    // Pieces: ${name=regex}, ${name}, "...", plain text.
    const source = pattern.replace(
      /\$\{(\w+)=((?:[^{}]|\{[\d,]*\})*)\}|\$\{(\w+)\}|\.\.\.|[^$.]+|[$.]/g,
      (piece, capture?: string, regex?: string, name?: string) => {
        if (capture) {
          names.push(capture);
          return `(${regex})`;
        }
        if (name) return escapeRegex(this.#value(name));
        return piece === '...' ? '.*' : escapeRegex(piece);
      },
    );
    const match = new RegExp(`^${source}$`, 's').exec(line);
    if (!match) return false;
    for (const [index, name] of names.entries()) this.#variables[name] = match[index + 1] ?? '';
    return true;
  }

  #fill(text: string): string {
    return text.replace(/\$\{(\w+)\}/g, (_piece, name: string) => this.#value(name));
  }

  #value(name: string): string {
    const value = this.#variables[name];
    if (value === undefined && this.#options.onDifference) return '?';
    if (value === undefined) throw new Error(`\${${name}} has no value`);
    return value;
  }

  async #control(peer: Peer, text: string): Promise<void> {
    if (text === 'close') return peer.end();
    if (text === 'closed') return peer.expectClosed();
    if (text === 'starttls') return peer.startTls();
    if (text.startsWith('raw '))
      return peer.sendBytes(text.slice(4), unescapeBytes(this.#fill(text.slice(4))));
    throw new Error(`unknown action: ${text}`);
  }
}

class Peer {
  #socket: Socket;
  #buffer = '';
  #isEnded = false;
  #wake: (() => void) | null = null;
  readonly #tell: (text: string) => void;
  forbidden: string[] = [];
  /** A literal was sent and the command goes on. */
  isOpen = false;

  constructor(socket: Socket, tell: (text: string) => void) {
    this.#socket = socket;
    this.#tell = tell;
    this.#listen();
  }

  #listen(): void {
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#buffer += text;
      this.#wake?.();
    });
    const end = () => {
      this.#isEnded = true;
      this.#wake?.();
    };
    this.#socket.on('end', end).on('close', end).on('error', end);
  }

  send(text: string): void {
    this.#tell(`> ${text.trimEnd()}`);
    this.#socket.write(text);
  }

  /** The line comes again. */
  unread(line: string): void {
    this.#buffer = `${Buffer.from(line).toString('latin1')}\r\n${this.#buffer}`;
  }

  sendBytes(told: string, bytes: Buffer): void {
    this.#tell(`> ${told}`);
    this.#socket.write(bytes);
  }

  /** The next line without its CRLF, 8-bit bytes as UTF-8. */
  async readLine(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end).replace(/\r$/, '');
        this.#buffer = this.#buffer.slice(end + 1);
        const text = Buffer.from(line, 'latin1').toString('utf8');
        this.#tell(`< ${text}`);
        return text;
      }
      if (this.#isEnded) throw new Error('the server closed the connection');
      await this.#wait('a line');
    }
  }

  async expectClosed(): Promise<void> {
    while (!this.#isEnded) await this.#wait('the end of the connection');
    if (this.#buffer !== '') throw new Error(`unread before the end: ${this.#buffer}`);
  }

  #wait(what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${what} came in time`)), waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  async startTls(): Promise<void> {
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('end');
    this.#socket.removeAllListeners('close');
    const secured = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secured.once('secureConnect', resolve).once('error', reject);
    });
    this.#buffer = '';
    this.#socket = secured;
    this.#listen();
  }

  end(): void {
    this.#socket.destroy();
  }
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const escapes: Record<string, string> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

function unescapeBytes(text: string): Buffer {
  const plain = text.replace(
    /\\(?:x([0-9a-fA-F]{2})|([rnt\\]))/g,
    (_piece, hex?: string, letter?: string) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[letter ?? ''] ?? ''),
  );
  return Buffer.from(plain, 'latin1');
}
