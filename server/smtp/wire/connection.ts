// One SMTP or LMTP connection: what each command does (command-connection.ts has how they are read and answered).
//
// Invariants: "250" after a message is sent after deliver() resolved; AUTH is neither offered nor taken in clear,
// but from this machine itself; what was learnt before TLS is forgotten.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Login, watchLogin } from '#lib/accounts/login-watch.ts';
import { isTrustedAddress, plainAddress } from '#lib/accounts/network.ts';
import { readSettings, type Settings, serverHostname } from '#lib/settings/index.ts';
import { bindingOf } from '#server/auth/channel-binding.ts';
import { listMechanisms } from '#server/auth/exchange.ts';
import { mayUsePassword } from '#server/auth/login.ts';
import { observeCommand } from '#server/metrics/timing.ts';
import { isNamedHost } from '#server/net/named-hosts.ts';
import { watchPeer } from '#server/net/watched-peers.ts';
import { runChecks } from '../checks/index.ts';
import { copyMarks, type Marks, newMarks } from '../marks.ts';
import { tellRefusal } from '../refusals.ts';
import { badSequence, type Reply } from '../replies.ts';
import { findReverseName } from '../reverse-name.ts';
import type { Client } from '../session.ts';
import { refuse } from '../verdict.ts';
import { authenticate } from './authenticate.ts';
import type { ConnectionOptions, Host } from './command-connection.ts';
import { listFeatures } from './features.ts';
import { TransactionConnection } from './transaction-connection.ts';
import { readIntroduction } from './xclient.ts';

/** Commands that do nothing for mail; whoever says many of them in one session is no mail server. */
const idleCommands = new Set(['NOOP', 'RSET', 'VRFY', 'HELP', 'HELO', 'EHLO', 'LHLO']);
const early = refuse('early-talker', 'You talk before you are greeted');
/** A web page that makes its visitor's browser talk to us. */
const webRequest = /^(OPTIONS|GET|HEAD|POST|PUT|DELETE|TRACE|CONNECT) \/.* HTTP\/\d\.\d$/i;

type Command = (connection: MailConnection, line: string) => Promise<void> | void;

export class MailConnection extends TransactionConnection {
  private isExtended = false;
  /** What was found at connect; what was found at HELO comes on top, and goes with the next HELO. */
  private connectMarks = newMarks();
  private marks: Marks = newMarks();
  private reverseName: Promise<string | null> | null = null;

  constructor(server: Host, socket: Socket | TLSSocket, options?: ConnectionOptions | null) {
    super(server, socket, options);
    this.connectMarks.isWelcome = this.isRehearsal;
  }

  private get isLmtp(): boolean {
    return this.server.listenerName === 'lmtp';
  }

  /** What the checks may know of the peer, as it is now. */
  client(): Client {
    const tls = this.tlsOptions;
    const { listenerName } = this.server;
    return {
      listener: listenerName,
      isSubmission: listenerName === 'submission' || listenerName === 'submissions',
      hostname: this.name,
      remote: plainAddress(this.remoteAddress),
      helo: this.hostNameAppearsAs || '',
      findReverseName: () => this.findReverseName(),
      isSecure: this.secure,
      tls: tls ? `${tls.version} ${tls.standardName ?? tls.name}` : null,
      protocol: this._transmissionType(),
      account: this.session.user || null,
      isLocal: this.isLmtp,
      isRehearsal: this.isRehearsal,
      marks: this.marks,
    };
  }

  /** Trusted clients and users are not asked for. */
  private findReverseName(): Promise<string | null> {
    const isKnown = this.isTrusted || this.server.listenerName !== 'smtp';
    this.reverseName ??= isKnown
      ? Promise.resolve(null)
      : findReverseName(plainAddress(this.remoteAddress));
    return this.reverseName;
  }

  /** RFC 3848: SMTP, ESMTP, LMTP, with S for TLS and A for signed in. */
  override _transmissionType(): string {
    const base = this.isLmtp ? 'LMTP' : this.isExtended ? 'ESMTP' : 'SMTP';
    return `${base}${this.secure ? 'S' : ''}${this.session.user ? 'A' : ''}`;
  }

  // ------------------------------------------------------------ beginning and end

  override init(): void {
    this._setListeners(() => {
      this.admit().catch((error) => {
        this.sendFault(error);
        this.close();
      });
    });
  }

  private async admit(): Promise<void> {
    const settings = await readSettings();
    this.settings = settings;
    this.watch = watchPeer(settings['log.debugPeers'], plainAddress(this.remoteAddress));
    this.name = await serverHostname();
    this.server.applySettings(settings);
    this._socket.setTimeout(settings['smtp.idleTimeoutSeconds'] * 1000);
    if (!(await this.judgeClient())) return;
    this.armDeadline();
    const isGreetedAtOnce = this.isTrusted || this.isLmtp || this.isRehearsal;
    const delayMs = isGreetedAtOnce ? 0 : settings['smtp.greetingDelayMs'];
    if (delayMs === 0) return this.connectionReady();
    setTimeout(() => this.connectionReady(), delayMs).unref();
  }

  /** The checks at connect, anew for whom a proxy names; false when they ended the connection. */
  private async judgeClient(): Promise<boolean> {
    const settings = await readSettings();
    const { connectMarks: marks } = this;
    const client = { ...this.client(), marks };
    this.isTrusted = !this.isRehearsal && (await isTrustedAddress(client.remote));
    const { isTrusted } = this;
    const open = this.server.countOpen(client.remote);
    const refused = await runChecks('connect', { client, settings, marks, isTrusted, open });
    if (this._closing || this._closed) return false;
    if (refused) {
      const { code, text } = tellRefusal('connect', client, refused);
      this.send(code, `${this.name} ${text}`, false);
      this.close();
      return false;
    }
    this.marks = copyMarks(marks);
    // Asked early, so that nobody waits for it later.
    void this.findReverseName();
    return true;
  }

  /** RFC 5321 §4.2: "220", our name, a text. */
  override _sendGreeting(): void {
    const name = `${this.name} ${this.isLmtp ? 'LMTP' : 'ESMTP'} Drey`;
    this.send(220, (!this.isLmtp && this.settings?.['smtp.banner']) || name, false);
  }

  override _resetSession(): void {
    super._resetSession();
    // RFC 3207 §4.2: with the name the client gave goes what was found about it.
    if (this.hostNameAppearsAs) return;
    this.isExtended = false;
    this.marks = copyMarks(this.connectMarks);
  }

  /** Bytes before the greeting: no mail server does that (RFC 5321 §3.1). */
  protected refuseEarly(): void {
    const { code, text } = tellRefusal('connect', this.client(), early);
    this.send(code, `${this.name} ${text}`, false);
    this.close();
  }

  // -------------------------------------------------------------------- commands

  protected async obey(line: string): Promise<void> {
    if (webRequest.test(line)) return this.send(421, `4.7.0 ${this.name} This is no web server`);
    const name = line.trim().split(/[ \t]/)[0]?.toUpperCase() ?? '';
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command || this.isForeign(name)) return this.send(500, '5.5.2 Command not recognized');
    const maxIdleCommands = this.settings?.['smtp.maxIdleCommands'] ?? 100;
    if (idleCommands.has(name) && ++this.idleCommandCount > maxIdleCommands) {
      return this.send(421, `4.7.0 ${this.name} Too many commands without mail`);
    }
    const fault = mailCommands.has(name) ? this.findFault(name) : null;
    if (fault) return this.say(fault);
    const startedMs = performance.now();
    await command(this, line);
    observeCommand('smtp', name, startedMs);
  }

  /** RFC 2033 §4.1: LHLO, and neither HELO nor EHLO; and the other way round. */
  private isForeign(name: string): boolean {
    if (name === 'LHLO') return !this.isLmtp;
    if (name === 'XCLIENT' && !this.mayIntroduce()) return true;
    return this.isLmtp && ['HELO', 'EHLO', 'AUTH', 'STARTTLS', 'XCLIENT'].includes(name);
  }

  /** What must be said before this command. */
  protected findFault(name: string): Reply | null {
    if (!this.hostNameAppearsAs) return badSequence(`Say ${this.isLmtp ? 'LHLO' : 'EHLO'} first`);
    const { isSubmission, account } = this.client();
    if (name === 'AUTH' || !isSubmission || account) return null;
    // RFC 4954 §6
    return { code: 530, enhanced: '5.7.0', text: 'Authentication required' };
  }

  async greetBack(line: string, isExtended: boolean): Promise<void> {
    const name = line.trim().split(/\s+/).slice(1).join(' ');
    const settings = await readSettings();
    const marks = copyMarks(this.connectMarks);
    const client = { ...this.client(), marks };
    const refused = await runChecks('helo', { client, settings, marks, name });
    if (refused) {
      const { code, text } = tellRefusal('helo', client, refused);
      return this.send(code, text, false);
    }
    this.hostNameAppearsAs = name.toLowerCase();
    this.isExtended = isExtended;
    this.marks = marks;
    this._resetSession(); // RFC 5321 §4.1.4: like RSET
    // RFC 2034 §4: no enhanced code here.
    const features = isExtended ? await this.listFeatures(this.settings ?? settings) : [];
    this.send(250, [`${this.name} at your service`, ...features], false);
  }

  private async listFeatures(settings: Settings): Promise<string[]> {
    const client = this.client();
    const mayAuthenticate = client.isSubmission && !client.account && mayUsePassword(client);
    const binding = bindingOf(this._socket);
    const mechanisms = mayAuthenticate
      ? await listMechanisms({ remote: client.remote, binding })
      : [];
    return listFeatures(client, { settings, mechanisms, mayIntroduce: this.mayIntroduce() });
  }

  async startTls(line: string): Promise<void> {
    if (line.trim().length > 'STARTTLS'.length) {
      return this.send(501, '5.5.4 STARTTLS takes no argument');
    }
    if (this.secure) return this.say(badSequence('TLS is active already'));
    if (this.chunked) return this.say(badSequence('Not within a message'));
    this.send(220, '2.0.0 Ready to start TLS');
    // Whatever came behind the command is dropped with the parser that has read it.
    this.upgrade(() => {});
  }

  private mayIntroduce(): boolean {
    return isNamedHost(
      this.settings?.['smtp.xclientHosts'] ?? [],
      plainAddress(this._originalRemoteAddress),
    );
  }

  /** XCLIENT: the session goes on as that of the client which a proxy names. */
  async introduce(line: string): Promise<void> {
    if (this.transaction) return this.say(badSequence('Not within a mail transaction'));
    const said = readIntroduction(line);
    if (!said) return this.send(501, '5.5.4 Bad XCLIENT attribute');
    if (said.address) this.remoteAddress = said.address;
    this.session.user = undefined;
    this.hostNameAppearsAs = said.helo ?? false;
    this.isExtended = said.isExtended ?? true;
    this.connectMarks = newMarks();
    this.reverseName = said.name === undefined ? null : Promise.resolve(said.name);
    if (!(await this.judgeClient())) return;
    this._resetSession();
    this._sendGreeting();
  }

  /** Hangs up once what the user signed in with has ended; a message that is under way is judged by its checks. */
  watchUser(login: Omit<Login, 'end'>): void {
    // The client has left while its password was looked at: nothing would end the watching.
    if (this._socket.destroyed) return;
    const end = () => {
      if (this.isWorking() || this.isTakingBody()) return;
      this.send(421, `4.7.0 ${this.name} Your account has changed, sign in again`);
      this.close();
    };
    this._socket.once('close', watchLogin({ ...login, end }));
  }

  /** RFC 5321 §7.3: who exists is told at RCPT, not to the curious. */
  verify(): void {
    const isAnswered = this.settings?.['smtp.answersVrfy'] ?? true;
    if (isAnswered) this.send(252, '2.5.0 Send some mail and see');
    else this.send(502, '5.5.1 VRFY is not answered here');
  }

  reset(): void {
    this._resetSession();
    this.send(250, '2.0.0 Ok');
  }

  quit(): void {
    this.send(221, '2.0.0 Bye');
    this.close();
  }
}

/** Every command that is known. What is not here is not recognized. */
const commands: Record<string, Command> = {
  HELO: (connection, line) => connection.greetBack(line, false),
  EHLO: (connection, line) => connection.greetBack(line, true),
  LHLO: (connection, line) => connection.greetBack(line, true),
  STARTTLS: (connection, line) => connection.startTls(line),
  AUTH: (connection, line) => authenticate(connection, line),
  XCLIENT: (connection, line) => connection.introduce(line),
  MAIL: (connection, line) => connection.takeSender(line),
  RCPT: (connection, line) => connection.takeRecipient(line),
  DATA: (connection, line) => connection.takeMessage(line),
  BDAT: (connection, line) => connection.takeChunk(line),
  RSET: (connection) => connection.reset(),
  NOOP: (connection) => connection.send(250, '2.0.0 Ok'),
  VRFY: (connection) => connection.verify(),
  HELP: (connection) => connection.send(214, '2.0.0 See RFC 5321'),
  QUIT: (connection) => connection.quit(),
};

/** BDAT is not among them: what is wrong is told after its bytes. */
const mailCommands = new Set(['MAIL', 'RCPT', 'DATA', 'AUTH']);
