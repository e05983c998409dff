// Makes the message that APPEND or REPLACE asked for: the literal as it came, or its pieces one behind the other
// (CATENATE, RFC 4469 §3), which pass through a stage of the store one at a time.
import { now } from '#lib/clock.ts';
import type { NewMessage } from '#server/store/append.ts';
import { createStage, readStaged, type StagedBody } from '#server/store/bodies/blobs.ts';
import type { MessageToAppend } from './append-data.ts';
import type { Located } from './located.ts';
import type { Session } from './session.ts';
import { restrictFlags } from './target.ts';
import { UrlParts } from './url-part.ts';

/** The message for the store. Throws BadUrl (url-part.ts); Refusal 'too-big'. */
export async function assembleMessage(
  session: Session,
  message: MessageToAppend,
  uploads: readonly StagedBody[],
  target: Located,
): Promise<NewMessage> {
  return {
    body: await assembleBody(session, message, uploads),
    prefix: Buffer.alloc(0),
    ...restrictFlags(message.flags, target),
    internalDate: message.date ?? now(),
  };
}

async function assembleBody(
  session: Session,
  { pieces }: MessageToAppend,
  uploads: readonly StagedBody[],
): Promise<StagedBody> {
  const [first] = pieces;
  if (pieces.length === 1 && first?.kind === 'text') return uploads[first.index]!;
  const urls = new UrlParts(session);
  const stage = createStage(await session.appendLimitBytes());
  try {
    for (const piece of pieces) {
      const bytes =
        piece.kind === 'text'
          ? await readStaged(uploads[piece.index]!)
          : await urls.read(piece.url);
      await stage.write(bytes);
    }
    return await stage.finish();
  } finally {
    await stage.abort();
  }
}
