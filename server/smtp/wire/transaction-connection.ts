// The mail transaction of a connection: MAIL, RCPT, DATA and BDAT, one message at a time.
//
// Invariant: "250" after a message is sent after deliver() resolved, and after the last byte of the message.
import { logOf } from '#lib/log.ts';
import { addRecipient, beginTransaction, receiveMessage } from '../dialogue.ts';
import { copyMarks } from '../marks.ts';
import { floodFactor } from '../message/intake.ts';
import { tellRefusal } from '../refusals.ts';
import { badSequence, type Reply, replyOf } from '../replies.ts';
import type { Client, Transaction } from '../session.ts';
import { refuse, tooBig } from '../verdict.ts';
import { type ChunkCommand, ChunkedMessage, readChunkCommand } from './chunking.ts';
import { CommandConnection } from './command-connection.ts';
import { receiveForEach } from './lmtp.ts';
import type { Outcome } from './outcome.ts';
import { MailParser } from './parser.ts';
import { readPath } from './path.ts';

const log = logOf('smtp');
const outOfStep = refuse('out-of-step', 'Wait for 354 before you send the message');

export abstract class TransactionConnection extends CommandConnection {
  protected isTrusted = false;
  protected transaction: Transaction | null = null;
  protected chunked: ChunkedMessage | null = null;
  protected idleCommandCount = 0;

  /** What the checks may know of the peer, as it is now. */
  abstract client(): Client;

  /** What must be said before the command `name`. */
  protected abstract findFault(name: string): Reply | null;

  /** True while nothing is under way that a stop should wait for. */
  isIdle(): boolean {
    return !this._handlerPending && !this._dataStream && !this.chunked;
  }

  protected isFinishing(): boolean {
    const isBodyIn = this._dataStream || this.chunked?.isComplete;
    return !!isBodyIn && !!this._parser && !this._parser._dataMode;
  }

  override _onClose(): void {
    this.chunked?.abort();
    super._onClose();
  }

  override _resetSession(): void {
    super._resetSession();
    this.transaction = null;
    this.chunked?.abort();
    this.chunked = null;
  }

  async takeSender(line: string): Promise<void> {
    if (this.transaction) return this.say(badSequence('There is a sender already'));
    const path = readPath('mail from', line);
    if ('code' in path) return this.say(path);
    const client = this.client();
    const marks = copyMarks(client.marks);
    const begun = await beginTransaction(client, path.address, path.parameters, marks);
    if ('reply' in begun) return this.say(begun.reply);
    this.transaction = begun.transaction;
    this.session.envelope.mailFrom = { address: path.address, args: false };
    this.send(250, '2.1.0 Sender accepted');
  }

  async takeRecipient(line: string): Promise<void> {
    const path = readPath('rcpt to', line);
    if ('code' in path) return this.say(path);
    const { transaction } = this;
    if (!transaction) return this.say(badSequence('Say MAIL first'));
    if (this.chunked) return this.say(badSequence('Not within a message'));
    const { address, parameters } = path;
    const reply = await addRecipient(this.client(), transaction, address, parameters);
    this.say(reply ?? { code: 250, enhanced: '2.1.5', text: 'Recipient accepted' });
  }

  async takeMessage(line: string): Promise<void> {
    // RFC 5321 §4.1.1.4: DATA has no arguments.
    if (line.trim().length > 'DATA'.length) return this.send(501, '5.5.4 DATA takes no argument');
    const parser = this._parser;
    if (!this.transaction?.recipients.size) return this.say(badSequence('Say RCPT first'));
    if (this.chunked) return this.say(badSequence('Go on with BDAT, or say RSET'));
    if (!(parser instanceof MailParser)) return;
    // RFC 2920 §3.1: DATA is the last of its group. Whoever goes on has a message hidden in a message.
    if (this.isStranger() && parser.hasMore()) {
      const { traceId, sender } = this.transaction;
      this.say(tellRefusal('data', this.client(), outOfStep, { traceId, sender }));
      return this.close();
    }
    const stream = parser.startDataMode();
    this._dataStream = stream;
    this.send(354, 'End the message with <CR><LF>.<CR><LF>', false);
    void this.receive(stream).then(async (outcome) => {
      // Where it was not read to its end, the rest is thrown away before the reply.
      const isOpen = !outcome.isFlood && !stream.readableEnded && !stream.destroyed;
      if (isOpen) await new Promise((resolve) => stream.resume().once('close', resolve));
      this._dataStream = false;
      this.tellOutcome(outcome);
      parser.continue();
    });
  }

  private isStranger(): boolean {
    const { isSubmission, isLocal } = this.client();
    return !this.isTrusted && !isSubmission && !isLocal;
  }

  /** BDAT (RFC 3030 §2): the bytes are taken first, whatever is wrong with the command. */
  async takeChunk(line: string): Promise<void> {
    const command = readChunkCommand(line);
    const parser = this._parser;
    if (!(parser instanceof MailParser)) return;
    if (!command) {
      this.send(501, '5.5.4 Say BDAT and a size, or a size and LAST');
      return this.close();
    }
    const limitBytes = this.settings?.['smtp.messageSizeBytes'] ?? 0;
    if (command.sizeBytes > limitBytes * floodFactor) {
      this.say(replyOf(tooBig));
      return this.close();
    }
    const fault = this.findChunkFault(command, limitBytes);
    if (!fault) this.chunked ??= new ChunkedMessage((stream) => this.receive(stream));
    else this.chunked?.abort();
    if (command.sizeBytes === 0) return this.endChunk(command, fault);
    const sink = fault ? null : (this.chunked?.stream ?? null);
    parser.startChunk(command.sizeBytes, sink, (goOn) => {
      this.deadline.disarm();
      this.endChunk(command, fault)
        .catch((error) => this.sendFault(error))
        .finally(() => {
          this.armDeadline();
          this._whenWritable(goOn);
        });
    });
  }

  private findChunkFault(command: ChunkCommand, limitBytes: number): Reply | null {
    const fault = this.findFault('BDAT');
    if (fault) return fault;
    if (!this.transaction?.recipients.size) return badSequence('Say RCPT first');
    if (this.chunked?.isFailed) return badSequence('The message has failed, say RSET');
    const receivedBytes = this.chunked?.receivedBytes ?? 0;
    return receivedBytes + command.sizeBytes > limitBytes ? replyOf(tooBig) : null;
  }

  private async endChunk(command: ChunkCommand, fault: Reply | null): Promise<void> {
    const { chunked } = this;
    if (fault || !chunked) {
      if (fault) this.say(fault);
      // RFC 3030 §2: with the last chunk the transaction is over, well or not.
      if (command.isLast && this.transaction?.recipients.size) this._resetSession();
      return;
    }
    chunked.receivedBytes += command.sizeBytes;
    if (!command.isLast) return this.send(250, `2.0.0 ${command.sizeBytes} octets received`);
    this.tellOutcome(await chunked.complete());
  }

  /** Takes the message in and delivers it. Never rejects. */
  private async receive(stream: AsyncIterable<Buffer>): Promise<Outcome> {
    const client = this.client();
    const transaction = this.transaction as Transaction;
    try {
      if (client.isLocal) return await receiveForEach(client, transaction, stream);
      const got = await receiveMessage(client, transaction, stream);
      if ('reply' in got) {
        return { replies: [got.reply], isTaken: false, isFlood: got.isFlood === true };
      }
      const text = `Ok: queued as ${got.received.traceId}`;
      return { replies: [{ code: 250, enhanced: '2.0.0', text }], isTaken: true, isFlood: false };
    } catch (error) {
      log.debug({ err: error }, 'the connection broke within a message');
      const reply = { code: 451, enhanced: '4.3.0', text: 'Error while receiving the message' };
      return { replies: [reply], isTaken: false, isFlood: false };
    }
  }

  private tellOutcome({ replies, isTaken, isFlood }: Outcome): void {
    for (const reply of replies) this.say(reply);
    if (isTaken) this.idleCommandCount = 0;
    this._resetSession();
    if (isFlood) this.close();
    // A stop waited for this message only.
    else if (this.server._closeTimeout) setImmediate(() => this.sayGoodbye());
  }
}
