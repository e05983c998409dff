// nodemailer's connection with what it has no option for: SMTPUTF8 for a header, NOTIFY and ORCPT of each recipient are put
// into its commands as they leave, and each step has a time limit of its own. The version is pinned,
// tests/server/delivery/remote.test.ts notices.
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Watch } from '#server/net/watched-peers.ts';
import { Patience, usualTimeouts } from './patience.ts';

export type Recipient = { recipient: string; originalTo: string; notify: string };

export type Envelope = {
  /** Empty for the null sender. */
  sender: string;
  recipients: Recipient[];
  envid: string;
  ret: string;
  /** RFC 8689 §4.2: said where the host offers it. */
  isTlsRequired: boolean;
  /** The message needs SMTPUTF8 although its addresses may be ASCII (RFC 6531 §3.4). */
  needsUtf8: boolean;
};

export type NodemailerError = Error & {
  code?: string;
  response?: string;
  responseCode?: number;
  command?: string;
  recipient?: string;
  rejectedErrors?: NodemailerError[];
};

type Hidden = {
  _createSendStream(callback: unknown): Readable;
  _processResponse(): void;
  _responseActions: unknown[];
  _sendCommand(command: string, shown?: string): void;
  _actionLMTPStream(recipient: string, isLast: boolean, reply: string, callback: unknown): void;
  _supportedExtensions: string[];
  _socket: Socket;
  _envelope: { accepted: string[]; rejectedErrors: NodemailerError[] } | false;
};
const parent = SMTPConnection.prototype as unknown as Hidden;

export class Connection extends SMTPConnection {
  /** Set before anything is said. */
  patience = new Patience(usualTimeouts);
  watch: Watch | null = null;
  parameters: Envelope | null = null;
  lastError: NodemailerError | null = null;
  /** From here on the mail may have been taken. */
  hasBegunContent = false;
  hasAskedForTls = false;
  /** RFC 2033 §4.2: after the content each recipient is answered for itself. */
  readonly answers = new Map<string, string>();

  _actionLMTPStream(recipient: string, isLast: boolean, reply: string, callback: unknown): void {
    this.answers.set(recipient, reply);
    parent._actionLMTPStream.call(this, recipient, isLast, reply, callback);
  }

  _createSendStream(callback: unknown): Readable {
    this.hasBegunContent = true;
    const stream = parent._createSendStream.call(this, callback);
    const { bodyMs, endMs } = this.patience.timeouts;
    this.socket.setTimeout(bodyMs);
    stream.once('end', () => this.socket.setTimeout(endMs));
    return stream;
  }

  _processResponse(): void {
    const last = this.lastServerResponse;
    parent._processResponse.call(this);
    if (this.lastServerResponse === last) return;
    this.watch?.('S', String(this.lastServerResponse).trimEnd());
    if (this.hasBegunContent) return;
    this.patience.keep(this.hidden._responseActions.length);
    this.awaitAnswer();
  }

  private awaitAnswer(): void {
    const { nextMs } = this.patience;
    if (nextMs !== null) this.socket.setTimeout(nextMs);
  }

  private get hidden(): Hidden {
    return this as unknown as Hidden;
  }

  /** The socket it runs on now: another one after STARTTLS. */
  get socket(): Socket {
    return this.hidden._socket;
  }

  has(extension: string): boolean {
    return this.hidden._supportedExtensions.includes(extension);
  }

  /** Recipients refused before whatever ended the transaction. */
  get refused(): NodemailerError[] {
    const envelope = this.hidden._envelope;
    return envelope ? (envelope.rejectedErrors ?? []) : [];
  }

  _sendCommand(command: string, shown?: string): void {
    this.hasAskedForTls ||= command === 'STARTTLS';
    this.watch?.('C', shown ?? command);
    this.patience.add(command);
    this.awaitAnswer();
    parent._sendCommand.call(this, command + this.extraParameters(command), shown);
  }

  private extraParameters(command: string): string {
    if (!this.parameters) return '';
    const hasDsn = this.has('DSN');
    if (command.startsWith('MAIL FROM:<')) {
      const { needsUtf8, ret, envid, isTlsRequired } = this.parameters;
      const utf8 = needsUtf8 && this.has('SMTPUTF8') && !/ SMTPUTF8( |$)/.test(command);
      return [
        utf8 ? ' SMTPUTF8' : '',
        // RFC 3461 §4.3, §4.4
        hasDsn && /^(FULL|HDRS)$/i.test(ret) ? ` RET=${ret.toUpperCase()}` : '',
        hasDsn && envid ? ` ENVID=${encodeXtext(envid, 100)}` : '',
        isTlsRequired && this.has('REQUIRETLS') ? ' REQUIRETLS' : '',
      ].join('');
    }
    if (!hasDsn || !command.startsWith('RCPT TO:<')) return '';
    const row = this.parameters.recipients.find(
      (entry) => command === `RCPT TO:<${entry.recipient}>`,
    );
    return row ? dsnParameters(row) : '';
  }
}

/** RFC 3461 §4.1, §4.2 */
function dsnParameters({ notify, originalTo }: Recipient): string {
  const isNotify = /^(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)$/i.test(notify);
  const [, type, address] = /^([a-z0-9-]{1,30});([!-~]{1,320})$/i.exec(originalTo) ?? [];
  return [
    isNotify ? ` NOTIFY=${notify.toUpperCase()}` : '',
    type && address ? ` ORCPT=${type};${encodeXtext(address, 500)}` : '',
  ].join('');
}

/** RFC 3461 §4: "+" and "=" and what is not printable ASCII as +XX; of so many characters of the text. */
function encodeXtext(text: string, limit: number): string {
  return [...Buffer.from(text.slice(0, limit))]
    .map((byte) =>
      byte < 0x21 || byte > 0x7e || byte === 0x2b || byte === 0x3d
        ? `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}
