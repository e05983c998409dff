// The server's side of COMPRESS=DEFLATE (RFC 4978): each piece of output becomes whole blocks that end at a byte
// (Z_SYNC_FLUSH), so that whoever has received them can read all of it: iOS waits for ever else.
//
// No state is kept between two pieces. A deflate stream may begin anew behind a sync flush, since nothing after
// it needs what was before; so a connection that waits costs no compressor. Measured: a stream with a window
// takes 48 to 256 KB a connection, and spares on a long answer, which is one piece anyway, next to nothing.
import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync } from 'node:zlib';

const options = {
  finishFlush: constants.Z_SYNC_FLUSH,
  windowBits: 15,
  // 64 KB of state while it works.
  memLevel: 6,
  level: 6,
};
/** What takes less than a tenth of a millisecond is not worth the way to another thread. */
const smallBytes = 4096;
const deflateAside = promisify(deflateRaw) as (
  bytes: Buffer,
  how: typeof options,
) => Promise<Buffer>;

/** `bytes` as blocks that a client inflates behind those it has. */
export async function deflatePiece(bytes: Buffer): Promise<Buffer> {
  return bytes.length <= smallBytes ? deflateNow(bytes) : deflateAside(bytes, options);
}

/** The same at once, for last words. */
export function deflateNow(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, options);
}
