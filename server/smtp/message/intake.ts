// The body stream of DATA into a staged body: read once, in bounded memory, to its very end, whatever is
// wrong with it, since the reply may only follow the final dot (RFC 5321 §3.3).
import { LineChecker } from '#lib/mail/line-check.ts';
import { NewlineMender } from '#lib/mail/mend-newlines.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import { createStage, type Stage } from '#server/store/bodies/stage.ts';
import { verdictOfError } from '../replies.ts';
import { type Refused, refuse, tooBig, unavailable } from '../verdict.ts';
import { HeaderCutter } from './header-cutter.ts';

export type IntakeOptions = {
  limitBytes: number;
  /** Submission: line ends are mended instead of told. */
  mendsNewlines: boolean;
  /** The header as it shall be stored; called once, with its empty line if it had one. */
  complete(header: Buffer): Buffer;
};

/** A message that was read to its end and staged. */
export type Taken = { body: StagedBody; header: Buffer; hasBareNewline: boolean };

export type Intake =
  | (Taken & { refused: null })
  /** `isFlood`: so far over the limit that the rest is not read; the connection must end. */
  | { refused: Refused; isFlood: boolean };

const headerTooBig = refuse('header-too-big', 'The header of the message is too large');

/** A refused body is read on until so many times the limit (RFC 5321 wants the reply at its end), not for ever. */
export const floodFactor = 4;

/** Reads the message. Throws only when the connection breaks; then nothing is left of it. */
export async function takeIn(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
  options: IntakeOptions,
): Promise<Intake> {
  const body = new IncomingBody(options);
  const lines = new LineChecker();
  const mender = options.mendsNewlines ? new NewlineMender() : null;
  let readBytes = 0;
  try {
    for await (const chunk of stream) {
      readBytes += chunk.length;
      if (readBytes > options.limitBytes * floodFactor) {
        await body.abort();
        return { refused: tooBig, isFlood: true };
      }
      lines.push(chunk);
      await body.push(mender ? mender.push(chunk) : chunk);
    }
  } catch (error) {
    await body.abort();
    throw error;
  }
  if (mender) await body.push(mender.finish());
  const finished = await body.finish();
  if ('outcome' in finished) return { refused: finished, isFlood: false };
  return { refused: null, ...finished, hasBareNewline: lines.finish() };
}

/** A body that is being staged, header first. After a refusal it takes everything and keeps nothing. */
class IncomingBody {
  private readonly options: IntakeOptions;
  private readonly stage: Stage;
  private readonly cutter = new HeaderCutter();
  private header = Buffer.alloc(0);
  private refused: Refused | null = null;

  constructor(options: IntakeOptions) {
    this.options = options;
    this.stage = createStage(options.limitBytes);
  }

  async push(chunk: Buffer): Promise<void> {
    await this.attempt(async () => {
      const cut = this.cutter.push(chunk);
      if (this.cutter.isTooBig) return this.refuse(headerTooBig);
      if (cut?.header) await this.begin(cut.header);
      if (cut && cut.body.length > 0) await this.stage.write(cut.body);
    });
  }

  async finish(): Promise<{ body: StagedBody; header: Buffer } | Refused> {
    let body: StagedBody | null = null;
    await this.attempt(async () => {
      const rest = this.cutter.finish();
      if (rest) await this.begin(rest);
      body = await this.stage.finish();
    });
    return body === null ? (this.refused ?? unavailable) : { body, header: this.header };
  }

  async abort(): Promise<void> {
    await this.stage.abort();
  }

  private async refuse(verdict: Refused): Promise<void> {
    this.refused ??= verdict;
    await this.abort();
  }

  private async begin(header: Buffer): Promise<void> {
    // A copy: the cutter's buffer would be kept alive by it otherwise.
    this.header = Buffer.from(header);
    await this.stage.write(this.options.complete(header));
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.refused) return;
    try {
      await step();
    } catch (error) {
      await this.refuse(verdictOfError(error));
    }
  }
}
