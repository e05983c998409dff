// Asks a ClamAV daemon about a message (clamd(8), INSTREAM).
import { type ScannerAddress, ScannerTrouble, talkTo } from './scanner-socket.ts';

const maxAnswerBytes = 4096;

/** The name of what was found, or null. Throws ScannerTrouble. */
export function askClamav(
  address: ScannerAddress,
  chunks: AsyncIterable<Buffer>,
  timeoutMs: number,
): Promise<string | null> {
  return talkTo(address, timeoutMs, async (scanner) => {
    try {
      await scanner.write(Buffer.from('zINSTREAM\0'));
      for await (const chunk of chunks) {
        await scanner.write(Buffer.concat([uint32(chunk.length), chunk]));
      }
      await scanner.write(uint32(0));
    } catch (error) {
      // It says why before it hangs up: the message is larger than it takes.
      if (!(error instanceof ScannerTrouble)) throw error;
    }
    const answer = (await scanner.readTo(0, maxAnswerBytes)).toString('latin1').trim();
    if (answer === 'stream: OK') return null;
    const found = /^stream: (.{1,200}) FOUND$/.exec(answer)?.[1];
    if (found) return found.replace(/[^ -~]/g, '?');
    throw new ScannerTrouble(
      `an unexpected answer: ${answer.replace(/[^ -~]/g, '?').slice(0, 100)}`,
    );
  });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
