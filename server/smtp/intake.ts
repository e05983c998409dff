// The body stream of DATA into a staged body: read once, in bounded memory, to its very end, whatever is
// wrong with it, since the reply may only follow the final dot (RFC 5321 §3.3).
import { LineChecker } from '#lib/mail/line-check.ts';
import type { StagedBody } from '#server/store/blobs.ts';
import { createStage } from '#server/store/stage.ts';
import { HeaderCutter } from './header-cutter.ts';
import { NewlineMender } from './newlines.ts';
import { verdictOfError } from './replies.ts';
import { type Refused, refuse, tooBig } from './verdict.ts';

export type IntakeOptions = {
  limitBytes: number;
  /** Submission: line ends are mended instead of told. */
  mendsNewlines: boolean;
  /** The header as it shall be stored; called once, with its empty line if it had one. */
  complete(header: Buffer): Buffer;
};

export type Intake =
  | { refused: null; body: StagedBody; header: Buffer; hasBareNewline: boolean }
  /** `isFlood`: so far over the limit that the rest is not read; the connection must end. */
  | { refused: Refused; isFlood: boolean };

/** A refused body is read on until so many times the limit (RFC 5321 wants the reply at its end), not for ever. */
const floodFactor = 4;

const endOfMessage = Symbol('end of message');

/** Reads the message. Throws only when the connection breaks; then nothing is left of it. */
export async function takeIn(
  stream: AsyncIterable<Buffer>,
  options: IntakeOptions,
): Promise<Intake> {
  const stage = createStage(options.limitBytes);
  const lines = new LineChecker();
  const mender = options.mendsNewlines ? new NewlineMender() : null;
  const cutter = new HeaderCutter();
  let original: Buffer | null = null;
  let refused: Refused | null = null;
  let readBytes = 0;
  let isFlood = false;

  const take = async (piece: Buffer | typeof endOfMessage) => {
    const isEnd = piece === endOfMessage;
    const header = isEnd ? cutter.finish() : null;
    const cut = isEnd ? header && { header, body: Buffer.alloc(0) } : cutter.push(piece);
    if (cutter.isTooBig) throw refuse('header-too-big', 'The header of the message is too large');
    if (cut?.header) {
      original = cut.header;
      await stage.write(options.complete(cut.header));
    }
    if (cut && cut.body.length > 0) await stage.write(cut.body);
  };
  const attempt = async (step: () => Promise<void>) => {
    if (refused) return;
    try {
      await step();
    } catch (error) {
      refused = isRefused(error) ? error : verdictOfError(error);
      await stage.abort();
    }
  };

  try {
    for await (const chunk of stream) {
      readBytes += chunk.length;
      isFlood = readBytes > options.limitBytes * floodFactor;
      if (isFlood) {
        refused ??= tooBig;
        break;
      }
      lines.push(chunk);
      await attempt(() => take(mender ? mender.push(chunk) : chunk));
    }
  } catch (error) {
    await stage.abort();
    throw error;
  }
  lines.finish();
  if (isFlood) await stage.abort();
  let body: StagedBody | null = null;
  await attempt(async () => {
    if (mender) await take(mender.finish());
    await take(endOfMessage);
    body = await stage.finish();
  });
  if (refused) return { refused, isFlood };
  return {
    refused: null,
    body: body as unknown as StagedBody,
    header: original ?? Buffer.alloc(0),
    hasBareNewline: lines.hasBare,
  };
}

function isRefused(error: unknown): error is Refused {
  return error instanceof Object && 'outcome' in error && error.outcome === 'refuse';
}
