// The milter protocol, version 6, as a mail server speaks it (libmilter/mfdef.h; Postfix: smtpd_milters). A message
// is told whole, at its end: connection, HELO, sender, recipients, header, body. A milter may judge it, add
// fields and set it apart; it is not offered to change anything else.
import type { HeaderField } from '#lib/mail/header.ts';
import {
  type ScannerAddress,
  type ScannerSocket,
  ScannerTrouble,
  talkTo,
} from './scanner-socket.ts';

export type MilterQuestion = {
  hostname: string;
  remote: string;
  reverseName: string | null;
  helo: string;
  tls: string | null;
  user: string | null;
  sender: string;
  recipients: string[];
  traceId: string;
  fields: HeaderField[];
  /** The body alone. */
  chunks: AsyncIterable<Buffer>;
};

export type MilterAnswer = {
  outcome: 'accept' | 'reject' | 'tempfail' | 'discard';
  /** What it wants to be told to the client, or empty */
  text: string;
  /** Fields to add, in order */
  fields: { name: string; value: string }[];
  /** Set apart, and why; null = not */
  quarantine: string | null;
  /** Changes it asked for although they were not offered */
  ignored: number;
};

/** SMFIF_ADDHDRS | SMFIF_QUARANTINE */
const offeredActions = 0x01 | 0x20;
/** Steps a milter may do without or not answer, and SMFIP_SKIP; not SMFIP_RCPT_REJ. */
const offeredSteps = 0x1fffff & ~0x800;
const skips = { connect: 0x1, helo: 0x2, mail: 0x4, rcpt: 0x8, body: 0x10, header: 0x20 } as const;
const skipsEoh = 0x40;
const skipsData = 0x200;
const silent = {
  header: 0x80,
  connect: 0x1000,
  helo: 0x2000,
  mail: 0x4000,
  rcpt: 0x8000,
  data: 0x10000,
  eoh: 0x40000,
  body: 0x80000,
} as const;
const wantsLeadingSpace = 0x100000;

const maxPacketBytes = 128 * 1024;
/** Changes and signs of life of one message. */
const maxExtras = 5000;
const maxFields = 200;
const maxFieldBytes = 32 * 1024;
const maxRecipients = 1000;

/** Throws ScannerTrouble. */
export function askMilter(
  address: ScannerAddress,
  question: MilterQuestion,
  timeoutMs: number,
): Promise<MilterAnswer> {
  return talkTo(address, timeoutMs, (scanner) => new Milter(scanner).judge(question));
}

const nothing = Buffer.alloc(0);

type Packet = { code: string; data: Buffer };

class Milter {
  private readonly scanner: ScannerSocket;
  private steps = 0;
  private extras = 0;
  private readonly answer: MilterAnswer = {
    outcome: 'accept',
    text: '',
    fields: [],
    quarantine: null,
    ignored: 0,
  };

  constructor(scanner: ScannerSocket) {
    this.scanner = scanner;
  }

  async judge(question: MilterQuestion): Promise<MilterAnswer> {
    await this.negotiate();
    const isOver = (await this.tellEnvelope(question)) || (await this.tellMessage(question));
    if (!isOver) await this.end();
    await this.send('Q', nothing).catch(() => {});
    return this.answer;
  }

  private async negotiate(): Promise<void> {
    await this.send('O', Buffer.concat([uint32(6), uint32(offeredActions), uint32(offeredSteps)]));
    const { code, data } = await this.receive();
    if (code !== 'O' || data.length < 12) throw new ScannerTrouble('it is no milter');
    const version = data.readUInt32BE(0);
    if (version < 2 || version > 6) throw new ScannerTrouble(`milter version ${version}`);
    if ((data.readUInt32BE(4) & ~offeredActions) !== 0)
      throw new ScannerTrouble('the milter wants to change more than it may here');
    // What was not offered is not skipped. Before version 6 there was no answerless step.
    this.steps = data.readUInt32BE(8) & offeredSteps;
    if (version < 4) this.steps |= skipsData;
  }

  /** Whether the milter has made up its mind. */
  private async tellEnvelope(question: MilterQuestion): Promise<boolean> {
    const { hostname, remote, reverseName, helo, tls, user, sender, traceId } = question;
    const [version = '', cipher = ''] = tls?.split(' ') ?? [];
    if (!this.isSkipped(skips.connect)) {
      await this.tellMacros('C', { j: hostname, '{client_addr}': remote });
      const family = remote.includes(':') ? '6' : '4';
      const name = reverseName ?? `[${remote}]`;
      const data = Buffer.concat([text(name), Buffer.from(family), Buffer.alloc(2), text(remote)]);
      if ((await this.ask('C', data, silent.connect)) === 'over') return true;
    }
    if (!this.isSkipped(skips.helo)) {
      await this.tellMacros('H', { '{tls_version}': version, '{cipher}': cipher });
      if ((await this.ask('H', text(helo), silent.helo)) === 'over') return true;
    }
    if (!this.isSkipped(skips.mail)) {
      const macros = { i: traceId, '{auth_authen}': user ?? '', '{mail_addr}': sender };
      await this.tellMacros('M', macros);
      if ((await this.ask('M', text(`<${sender}>`), silent.mail)) === 'over') return true;
    }
    if (this.isSkipped(skips.rcpt)) return false;
    for (const recipient of question.recipients.slice(0, maxRecipients)) {
      await this.tellMacros('R', { '{rcpt_addr}': recipient });
      if ((await this.ask('R', text(`<${recipient}>`), silent.rcpt)) === 'over') return true;
    }
    return false;
  }

  private async tellMessage({ fields, chunks, traceId }: MilterQuestion): Promise<boolean> {
    if (!this.isSkipped(skipsData)) {
      await this.tellMacros('T', { i: traceId });
      if ((await this.ask('T', nothing, silent.data)) === 'over') return true;
    }
    if (!this.isSkipped(skips.header)) {
      for (const { name, rawValue } of fields) {
        const value = this.isSkipped(wantsLeadingSpace) ? rawValue : rawValue.replace(/^[ \t]/, '');
        const lines = value.replace(/\r\n/g, '\n').replaceAll('\0', ' ').slice(0, maxFieldBytes);
        const told = Buffer.concat([text(name), Buffer.from(`${lines}\0`, 'latin1')]);
        const next = await this.ask('L', told, silent.header);
        if (next === 'over') return true;
        if (next === 'skip') break;
      }
    }
    if (!this.isSkipped(skipsEoh)) {
      if ((await this.ask('N', nothing, silent.eoh)) === 'over') return true;
    }
    if (this.isSkipped(skips.body)) return false;
    for await (const chunk of chunks) {
      const next = await this.ask('B', chunk, silent.body);
      if (next === 'over') return true;
      if (next === 'skip') break;
    }
    return false;
  }

  /** The end of the message: fields and the like, then the decision. */
  private async end(): Promise<void> {
    await this.send('E', nothing);
    for (;;) {
      const packet = await this.receive();
      const { code, data } = packet;
      this.countExtra();
      if (code === 'h') this.addField(data);
      else if (code === 'i') this.addField(data.subarray(4));
      else if (code === 'q') this.answer.quarantine = readTexts(data)[0] ?? '';
      else if ('b+2-em'.includes(code)) this.answer.ignored++;
      else if (code !== 'p') {
        this.decide(packet);
        return;
      }
    }
  }

  private addField(data: Buffer): void {
    const [name = '', value = ''] = readTexts(data);
    if (!/^[!-9;-~]{1,76}$/.test(name) || this.answer.fields.length >= maxFields) return;
    this.answer.fields.push({ name, value });
  }

  private isSkipped(step: number): boolean {
    return (this.steps & step) !== 0;
  }

  private countExtra(): void {
    if (++this.extras > maxExtras) throw new ScannerTrouble('it never comes to an end');
  }

  /** Tells a step; over when the milter has decided, skip when it wants no more of the kind. */
  private async ask(code: string, data: Buffer, silence: number): Promise<'go' | 'skip' | 'over'> {
    await this.send(code, data);
    if (this.isSkipped(silence)) return 'go';
    for (;;) {
      const packet = await this.receive();
      if (packet.code === 'c') return 'go';
      if (packet.code === 's') return 'skip';
      if (packet.code !== 'p') {
        this.decide(packet);
        return 'over';
      }
      this.countExtra();
    }
  }

  private decide({ code, data }: Packet): void {
    switch (code) {
      case 'a':
      case 'c':
        return;
      case 'r':
        this.answer.outcome = 'reject';
        return;
      case 't':
        this.answer.outcome = 'tempfail';
        return;
      case 'd':
        this.answer.outcome = 'discard';
        return;
      case 'y': {
        const [, reply = '', words = ''] =
          /^([245]\d\d)[ -]?(?:[245]\.\d{1,3}\.\d{1,3} ?)?(.*)/.exec(readTexts(data)[0] ?? '') ??
          [];
        this.answer.outcome = reply.startsWith('4') ? 'tempfail' : 'reject';
        this.answer.text = words
          .replace(/[^ -~]/g, ' ')
          .slice(0, 200)
          .trim();
        return;
      }
      default:
        throw new ScannerTrouble(`an unexpected answer: ${JSON.stringify(code)}`);
    }
  }

  private async tellMacros(step: string, macros: Record<string, string>): Promise<void> {
    const known = Object.entries(macros).filter(([, value]) => value !== '');
    const pairs = known.flatMap(([name, value]) => [text(name), text(value)]);
    await this.send('D', Buffer.concat([Buffer.from(step), ...pairs]));
  }

  private send(code: string, data: Buffer): Promise<void> {
    return this.scanner.write(Buffer.concat([uint32(data.length + 1), Buffer.from(code), data]));
  }

  private async receive(): Promise<Packet> {
    const length = (await this.scanner.read(4)).readUInt32BE(0);
    if (length < 1 || length > maxPacketBytes) throw new ScannerTrouble('it is no milter');
    const packet = await this.scanner.read(length);
    return { code: packet.toString('latin1', 0, 1), data: packet.subarray(1) };
  }
}

/** A text of the protocol, ended by NUL. */
function text(value: string): Buffer {
  return Buffer.from(`${value.replaceAll('\0', ' ')}\0`);
}

function readTexts(data: Buffer): string[] {
  return data.toString('utf8').split('\0');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
