// One client's connection: reads frames, runs their commands one after the other, and is the only place
// that writes (docs/architecture.md: handlers return replies). A reply is one write, unless it is long.
import type { Socket } from 'node:net';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { formatString } from '#lib/mail/imap-string.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { observeCommand } from '#server/metrics/timing.ts';
import { Channel } from './channel.ts';
import { admitMessage, isMessageLiteral } from './commands/append.ts';
import { type Command, type Context, flush, type Output } from './commands/command.ts';
import { type Parsed, readCommand, tagOf } from './commands/index.ts';
import { mayHaveNews, overflow, tellNews, tellNotified, waitForNews } from './news.ts';
import { formatProgress, withProgress } from './progress.ts';
import { refuse } from './refusal.ts';
import type { Roster } from './roster.ts';
import { type Client, Session } from './session.ts';
import { Upload } from './upload.ts';
import { Bad } from './wire/bad.ts';
import { bad, continuation, type Ending, no, tagged, untaggedState } from './wire/encode.ts';
import { type FrameEvent, FrameReader, type Segment } from './wire/frame.ts';
import { discardLimitBytes, mayKeepLiteral } from './wire/literal-limits.ts';

const log = logOf('imap');
const goneText = 'The account has changed, sign in again';

/** Time to sign in, and mistakes in a row before we hang up (as Dovecot, a little more patient). */
const loginTimeoutMs = 60_000;
const mistakesBeforeLogin = 10;
const mistakesAfterLogin = 20;
/** A reply longer than this goes out in portions. */
const portionBytes = 64 * 1024;
/** At a stop nobody waits long for clients that do not close their side. */
const stopGraceMs = 500;
/** What a compressed client may make of few bytes beyond honest text: messages do not count, they have limits. */
const excessLimitBytes = 1024 * 1024;

type Literal = Extract<FrameEvent, { kind: 'literal' }>;

export class Connection {
  readonly #channel: Channel;
  readonly #reader = new FrameReader();
  readonly #roster: Roster;
  #openedAt = Date.now();
  #session: Session;
  #waiting: Buffer[] = [];
  /** Waits behind these: replies are many short strings, and each Buffer costs. */
  #waitingText = '';
  /** About so much; text may become more. */
  #waitingBytes = 0;
  #mistakes = 0;
  #isClosing = false;
  #isRunning = false;
  /** Of messages, since compression began: a file of zeros is honest. */
  #uploadedBytes = 0;
  #upload = new Upload();
  /** Why the command that is being read over will be refused, and its tag. */
  #refusal: { tag: string; ending: Ending } | null = null;

  constructor(socket: Socket, client: Client, roster: Roster) {
    this.#channel = new Channel(socket);
    this.#roster = roster;
    this.#session = this.#openSession(client);
  }

  #openSession({ remote, isSecure }: Client): Session {
    const { binding, gone } = this.#channel;
    const session = new Session({ remote, isSecure, binding }, this.#roster, gone);
    // A running command comes to its end first; IDLE looks for itself.
    session.onOver = () => this.#isRunning || this.#hangUp(goneText);
    return session;
  }

  /** Serves the client until one side ends. Never rejects. */
  async serve(): Promise<void> {
    try {
      await this.#greet();
      while (!this.#isClosing && (await this.#step(this.#reader.next())));
    } catch (error) {
      log.error({ err: error, remote: this.#session.client.remote }, 'connection failed');
      this.#hangUp('Internal error');
    } finally {
      await this.#upload.abort();
      this.#session.end();
      this.#channel.end('');
    }
  }

  /** The server stops: says goodbye and closes. */
  end(): void {
    this.#hangUp('Server is shutting down', undefined, stopGraceMs);
  }

  async #greet(): Promise<void> {
    const capabilities = await this.#session.capabilities();
    this.#send(untaggedState('OK', `${await serverHostname()} Drey ready`, capabilities));
    await this.#flush();
  }

  /** Handles one event of the reader; false ends the connection. */
  async #step(event: FrameEvent): Promise<boolean> {
    switch (event.kind) {
      case 'need':
        return this.#session.notify ? this.#receiveAndTell() : this.#receive();
      case 'literal':
        return this.#decide(event);
      case 'chunk':
        this.#uploadedBytes += event.bytes.length;
        await this.#upload.write(event.bytes);
        return true;
      case 'streamed':
        await this.#upload.finish();
        return true;
      case 'refused':
        await this.#answerRefused();
        return true;
      case 'overflow':
        this.#hangUp('The command line is too long', 'TOOBIG');
        return false;
      case 'command':
        await this.#execute(event.segments);
        return !this.#channel.isEnded;
    }
  }

  /** Waits for the client and meanwhile tells what NOTIFY asked for (RFC 5465 §1). */
  async #receiveAndTell(): Promise<boolean> {
    const over = new AbortController();
    const received = this.#receive().finally(() => over.abort());
    // A throw between two looks must not leave the promise unheard.
    received.catch(() => {});
    while (!over.signal.aborted && !this.#isClosing) {
      await waitForNews(this.#session, over.signal);
      if (!over.signal.aborted) await this.#tellNotified();
    }
    return received;
  }

  async #tellNotified(): Promise<void> {
    try {
      if (!this.#session.isOver) {
        for await (const output of tellNotified(this.#session)) await this.#emit(output);
      } else this.#hangUp(goneText);
    } catch (error) {
      // Say, the database is away: a client that hears nothing must not believe that there is nothing.
      log.error({ err: error, remote: this.#session.client.remote }, 'notifying failed');
      this.#send(overflow(this.#session));
    }
    await this.#flush();
  }

  async #receive(): Promise<boolean> {
    const chunk = await this.#channel.read(this.#patienceMs());
    if (chunk === 'timeout') this.#hangUp('Nothing heard for too long');
    if (chunk === null || chunk === 'timeout') return false;
    if (this.#channel.excessBytes > excessLimitBytes + this.#uploadedBytes) {
      this.#hangUp('Too much comes of so few compressed bytes', 'TOOBIG');
      return false;
    }
    this.#reader.push(chunk);
    return true;
  }

  #patienceMs(): number {
    if (this.#session.isSignedIn) return this.#session.idleTimeoutMs;
    return Math.max(0, this.#openedAt + loginTimeoutMs - Date.now());
  }

  async #decide(event: Literal): Promise<boolean> {
    const { literal, segments } = event;
    const isMessage = this.#session.isSignedIn && isMessageLiteral(segments);
    const refusal = isMessage ? await this.#admit(event) : this.#judge(event);
    if (refusal) {
      // What is on its way already is read over, if that is not too much.
      const limitBytes = isMessage ? 2 * (await this.#session.appendLimitBytes()) : 0;
      if (!literal.isSynchronizing && literal.sizeBytes > discardLimitBytes + limitBytes) {
        this.#hangUp('The literal is too big', 'TOOBIG');
        return false;
      }
      this.#refusal = { tag: tagOf(segments), ending: refusal };
      this.#reader.refuseLiteral();
      return true;
    }
    if (isMessage) {
      this.#upload.begin(literal.sizeBytes);
      this.#reader.streamLiteral();
    } else this.#reader.keepLiteral();
    if (literal.isSynchronizing) {
      this.#send(continuation('Ready for literal data'));
      await this.#flush();
    }
    return true;
  }

  #judge({ literal, segments }: Literal): Ending | null {
    if (mayKeepLiteral(literal, segments, this.#session.isSignedIn)) return null;
    // RFC 7888 §5: a literal that must not have been sent like this is the client's mistake.
    return (literal.isSynchronizing ? no : bad)('The literal is too big', 'TOOBIG');
  }

  async #admit({ literal, segments }: Literal): Promise<Ending | null> {
    try {
      return await admitMessage(this.#session, segments, literal);
    } catch (error) {
      return this.#endingOf(error);
    }
  }

  async #answerRefused(): Promise<void> {
    const { tag, ending } = this.#refusal ?? { tag: '*', ending: bad('Refused') };
    this.#refusal = null;
    this.#upload = new Upload();
    this.#answer(tag, ending);
    await this.#flush();
  }

  async #execute(segments: readonly Segment[]): Promise<void> {
    const { state } = this.#session;
    const maySay = (command: Command) => command.states.includes(state);
    const parsed = readCommand(segments, maySay, this.#session.isUtf8);
    if (this.#upload.error && 'command' in parsed) {
      this.#answer(parsed.tag, this.#endingOf(this.#upload.error));
    } else if ('failure' in parsed) {
      this.#answer(parsed.tag, this.#endingOf(parsed.failure));
    } else if (this.#session.isOver) {
      this.#hangUp(goneText);
    } else await this.#run(parsed);
    this.#upload = new Upload();
    await this.#flush();
    if (this.#session.isOver) this.#hangUp(goneText);
    if (this.#mistakes >= (this.#session.isSignedIn ? mistakesAfterLogin : mistakesBeforeLogin)) {
      this.#hangUp('Too many mistakes');
    }
  }

  async #run(parsed: Extract<Parsed, { command: Command }>): Promise<void> {
    const { tag, command, isUid, args } = parsed;
    const mayExpunge = isUid || !command.hidesExpunge;
    const startedMs = performance.now();
    let ending: Ending;
    this.#isRunning = true;
    try {
      await this.#tellNews(false, false, command.holdsFlagNews);
      ending = await this.#collect(command, args, {
        tag,
        isUid,
        readLine: (limit) => this.#readLine(limit),
        uploads: this.#upload.messages,
        progress: { done: 0, goal: 0 },
      });
      await this.#tellNews(mayExpunge, command.asksForNews === true);
    } catch (error) {
      ending = this.#endingOf(error);
    }
    this.#isRunning = false;
    // How long somebody idles says nothing.
    if (command.name !== 'IDLE') observeCommand('imap', command.name, startedMs);
    if (ending.next === 'starttls') return this.#secure(tagged(tag, ending));
    if (ending.next === 'unauthenticate') return this.#forget(tag, ending);
    this.#answer(tag, ending);
    if (ending.next === undefined) return;
    await this.#flush();
    if (ending.next === 'compress') this.#compress();
    else this.#close('');
  }

  /** RFC 4978 §3: from behind the tagged line on, in both directions. */
  #compress(): void {
    this.#uploadedBytes = 0;
    this.#session.isCompressed = true;
    this.#channel.startCompression(this.#reader.takeRest());
  }

  /** RFC 8437 §3: as if the client had just connected, but for TLS; §4.1: the tagged line is still compressed. */
  async #forget(tag: string, ending: Ending): Promise<void> {
    const { client } = this.#session;
    this.#session.end();
    this.#session = this.#openSession(client);
    this.#openedAt = Date.now();
    this.#answer(tag, { ...ending, code: await this.#session.capabilities() });
    await this.#flush();
    this.#channel.endCompression();
  }

  async #collect(command: Command, args: unknown, context: Context): Promise<Ending> {
    const replies = command.run(this.#session, args, context);
    // Once there is output it is the sign of life, and it may end in the midst of a line.
    let next = this.#session.isSignedIn
      ? withProgress(replies.next(), () => this.#reportProgress(context))
      : replies.next();
    for (;;) {
      const { done, value } = await next;
      if (done) return value;
      await this.#emit(value);
      if (this.#channel.isEnded)
        return replies.return(bad('The client is gone')).then(() => bad('Gone'));
      next = replies.next();
    }
  }

  async #reportProgress({ tag, progress }: Context): Promise<void> {
    const code = `INPROGRESS (${formatString(tag)} ${formatProgress(progress)})`;
    this.#send(untaggedState('OK', 'Still at work', code));
    await this.#flush();
  }

  async #emit(output: Output): Promise<void> {
    if (output === flush) return this.#flush();
    for (const piece of typeof output === 'string' ? [output] : output) this.#send(piece);
    if (this.#waitingBytes >= portionBytes) await this.#flush();
  }

  /** What other sessions did (RFC 3501 §7: any time; EXPUNGE only where numbers may move). */
  async #tellNews(mayExpunge: boolean, isForced: boolean, holdsFlags = false): Promise<void> {
    const occasion = { mayExpunge, isForced, holdsFlags };
    if (!mayHaveNews(this.#session, occasion)) return;
    for await (const output of tellNews(this.#session, occasion)) await this.#emit(output);
  }

  #answer(tag: string, ending: Ending): void {
    this.#mistakes = ending.status === 'BAD' ? this.#mistakes + 1 : 0;
    this.#send(tagged(tag, ending));
  }

  #endingOf(error: unknown): Ending {
    if (error instanceof Bad) return bad(error.message);
    if (isRefusal(error)) return refuse(error);
    // Nobody will read it: what was cut short because of that is no fault.
    if (this.#channel.gone.aborted) return bad('Gone');
    log.error({ err: error, remote: this.#session.client.remote }, 'command failed');
    return no('Internal error, it has been logged', 'SERVERBUG'); // RFC 5530
  }

  /** A line that is no command: the client's answer within AUTHENTICATE or IDLE. */
  async #readLine(limitBytes: number): Promise<string | null> {
    for (;;) {
      const line = this.#reader.takeLine(limitBytes);
      if (line === 'overflow') return null;
      if (line !== null) return line;
      if (!(await this.#receive())) return null;
    }
  }

  // RFC 3501 §6.2.1: commands sent behind STARTTLS in clear must not count inside TLS, and nothing
  // learnt before it either.
  async #secure(reply: string): Promise<void> {
    this.#reader.reset();
    this.#takeWaiting();
    const { remote } = this.#session.client;
    this.#session.end();
    if (await this.#channel.startTls(reply)) {
      this.#session = this.#openSession({ remote, isSecure: true });
    } else this.#close('');
  }

  #send(output: string | Buffer): void {
    if (output.length === 0) return;
    this.#waitingBytes += output.length;
    if (typeof output === 'string') this.#waitingText += output;
    else {
      this.#endText();
      this.#waiting.push(output);
    }
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    // A large message is not copied once more only to be one buffer.
    const isSmall = this.#waitingBytes <= 2 * portionBytes;
    const waiting = this.#takeWaiting();
    const buffers = isSmall && waiting.length > 1 ? [Buffer.concat(waiting)] : waiting;
    if (!(await this.#channel.write(buffers))) this.#isClosing = true;
  }

  #takeWaiting(): Buffer[] {
    this.#endText();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waiting;
  }

  #endText(): void {
    if (this.#waitingText === '') return;
    this.#waiting.push(Buffer.from(this.#waitingText));
    this.#waitingText = '';
  }

  #hangUp(text: string, code?: string, graceMs?: number): void {
    if (!this.#isClosing) this.#close(untaggedState('BYE', text, code), graceMs);
  }

  #close(lastWords: string, graceMs?: number): void {
    this.#isClosing = true;
    this.#channel.end(lastWords, graceMs);
  }
}
