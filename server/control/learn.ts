// What users call spam, or not spam, told to rspamd (its protocol page: POST /learnspam, /learnham of the controller). The
// asker need not wait: learning goes on behind, a few messages at a time, and what is too much is not learned.
import { z } from 'zod';
import { logOf } from '#lib/log.ts';
import { readSettings } from '#lib/settings/index.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';

const schema = z.object({
  accountId: z.string().max(100),
  folder: z.string().max(1000),
  uids: z.array(z.int().positive()).max(5000),
  isSpam: z.boolean(),
});
type Lesson = z.infer<typeof schema>;

/** Of one report: more of the same teaches nothing. */
const maxMessages = 50;
const maxBytes = 5 * 1024 * 1024;
const maxWaiting = 100;
const log = logOf('control');
let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** Whether there is somebody who learns. */
export async function learnFromUser(input: unknown): Promise<{ isLearning: boolean }> {
  const lesson = schema.parse(input);
  const settings = await readSettings();
  const url = settings['content.rspamdLearnUrl'];
  if (url === '') return { isLearning: false };
  const messages = await readLesson(lesson);
  if (waiting + messages.length <= maxWaiting) {
    for (const bytes of messages) {
      waiting++;
      last = last
        .then(() => teach(url, bytes, lesson.isSpam, settings['content.scanSeconds'] * 1000))
        .finally(() => waiting--);
    }
  }
  return { isLearning: true };
}

/** Read now: the messages are on their way to another folder. */
async function readLesson({ accountId, folder, uids }: Lesson): Promise<Buffer[]> {
  const mailbox = await findMailbox(accountId, folder);
  if (!mailbox) return [];
  const found = await readMessages(accountId, mailbox.id, uids.slice(0, maxMessages));
  const small = found.filter(({ sizeBytes }) => sizeBytes <= maxBytes);
  const bytes: Buffer[] = [];
  for (const message of small) bytes.push(await readBytes(message));
  return bytes;
}

async function teach(
  url: string,
  bytes: Buffer,
  isSpam: boolean,
  timeoutMs: number,
): Promise<void> {
  try {
    const response = await fetch(new URL(isSpam ? '/learnspam' : '/learnham', url), {
      method: 'POST',
      body: new Uint8Array(bytes),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    // 208: it knows this message already.
    if (!response.ok) log.warn({ status: response.status }, 'rspamd does not learn');
  } catch (error) {
    log.warn({ code: (error as Error).name }, 'rspamd cannot be reached to learn');
  }
}

/** Tests: until all lessons are over. */
export function settleLessons(): Promise<unknown> {
  return last;
}
