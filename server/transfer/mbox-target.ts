// Export as mbox files (mboxrd): "Folder", and "Folder.sbd/" for what is below it, as Thunderbird has them. Each
// message begins with a block of fields for its state (mbox-fields.ts). A second export writes each file anew.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeFileName } from './file-name.ts';
import { formatOwnBlock } from './mbox-fields.ts';
import { quoteFrom } from './mbox-quote.ts';
import { dropCarriageReturns } from './newlines.ts';
import { type ExportFolder, makeFolder, type Target, type TargetFolder } from './target.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A tree of mbox files at `root`. */
export function openMboxTarget(root: string): Target {
  return {
    isParallel: false,
    pathOf: (levels) => levels.map((level) => encodeFileName(level, true)).join('.sbd/'),
    openFolder: (folder) => openFolder(join(root, folder.path), folder),
    // The marker has them.
    writeSubscriptions: async () => undefined,
  };
}

async function openFolder(path: string, folder: ExportFolder): Promise<TargetFolder> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `.drey-${randomUUID()}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  const last = String(folder.uidNext - 1).padStart(10, '0');
  let base: string | null = [folder.uidValidity, last, ...folder.words].join(' ');
  const abort = async () => {
    await file.close();
    await rm(temporary, { force: true });
  };
  return {
    isKnown: () => false,
    add: async (message, bytes) => {
      const short = dropCarriageReturns(bytes);
      const popUid = folder.popUids.get(message.uid) ?? null;
      const facts = { ...message, popUid, sizeBytes: bytes.length, isExact: short === null };
      const content = quoteFrom(short ?? bytes);
      const top = formatFromLine(message.internalDate) + formatOwnBlock(facts, base);
      base = null;
      // The empty line behind a message, and the end of its own last line where that has none.
      const end = content.at(-1) === 0x0a ? '\n' : '\n\n';
      await file.appendFile(Buffer.concat([Buffer.from(top), content, Buffer.from(end)]));
    },
    finish: async () => {
      try {
        await file.sync();
      } catch (error) {
        await abort();
        throw error;
      }
      await file.close();
      await rename(temporary, path);
    },
    abort,
  };
}

/** RFC 4155: asctime, in UTC. */
function formatFromLine(date: Date): string {
  const two = (number: number, fill: string) => String(number).padStart(2, fill);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const day = `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${two(date.getUTCDate(), ' ')}`;
  const time = clock.map((number) => two(number, '0')).join(':');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `From MAILER-DAEMON ${day} ${time} ${year}\n`;
}
