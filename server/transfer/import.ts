// Import of a mail store into an account: folder after folder, a batch after the other, each durable with its
// marks before the next. It may be killed anywhere and started again.
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { readSetting } from '#lib/settings/index.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import {
  createMailbox,
  ensureMailboxes,
  findMailbox,
  listMailboxes,
  setSubscription,
} from '#server/store/mailboxes.ts';
import { type FolderPlan, planFolders } from './folder-plan.ts';
import type { FolderPlace, FolderResult, ImportContext, ImportOptions } from './import-context.ts';
import { FolderImport } from './import-folder.ts';
import type { Problem } from './raw-path.ts';
import { type Source, SourceError, toSourceError } from './source.ts';

/** What --any-size lets in: more is no mail. */
const greatestBytes = 1024 * 1024 * 1024;

export type ImportProgress = {
  messages: number;
  sizeBytes: number;
  totalMessages: number | null;
  totalBytes: number | null;
  folder: string;
};

export type ImportResult = {
  format: string;
  messages: number;
  sizeBytes: number;
  known: number;
  skipped: number;
  folders: FolderResult[];
  /** The first of them, and how many there are. */
  problems: Problem[];
  problemCount: number;
  /** How many of them may mean missing mail. */
  lost: number;
};

/**
 * Imports a source into an account. Resolves with what came and what did not. Refusal 'over-quota' where the
 * account is full (everything before is stored), 'not-found', 'invalid'.
 */
export async function importMail(
  account: { id: string; address: string },
  source: Source,
  options: ImportOptions,
  by: string,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<ImportResult> {
  await ensureMailboxes(account.id);
  const plans = planFolders(source, await listMailboxes(account.id), options);
  const results: FolderResult[] = [];
  const progress = startProgress(source, onProgress);
  const context: ImportContext = {
    accountId: account.id,
    options,
    problems: source.problems,
    limitBytes: options.isAnySize ? greatestBytes : await readSetting('smtp.messageSizeBytes'),
    count: progress.count,
  };
  let stop: Refusal | null = null;
  for (const plan of plans) {
    const ended = await importFolder(context, source, plan);
    results.push(ended.result);
    stop = ended.stop;
    if (stop) break;
  }
  const summary = summarize(source, results);
  if (!options.isDryRun) await recordImport(account.address, summary, stop, by);
  if (stop) throw explainStop(stop, summary, progress.totalMessages);
  return summary;
}

function startProgress(source: Source, onProgress: (progress: ImportProgress) => void) {
  const sum = (pick: (folder: Source['folders'][number]) => number | null) =>
    source.folders.reduce<number | null>((total, folder) => {
      const own = pick(folder);
      return total === null || own === null ? null : total + own;
    }, 0);
  const totalMessages = sum(({ messages }) => messages);
  const totalBytes = sum(({ sizeBytes }) => sizeBytes);
  const done = { messages: 0, sizeBytes: 0 };
  const count = (messages: number, sizeBytes: number, folder: string) => {
    done.messages += messages;
    done.sizeBytes += sizeBytes;
    onProgress({ ...done, totalMessages, totalBytes, folder });
  };
  return { count, totalMessages };
}

async function importFolder(
  context: ImportContext,
  source: Source,
  plan: FolderPlan,
): Promise<{ result: FolderResult; stop: Refusal | null }> {
  const { problems, options } = context;
  if (plan.isChanged) {
    problems.add({ where: plan.sourceName, text: `cannot be a name here: becomes ${plan.target}` });
  }
  const result: FolderResult = {
    ...{ source: plan.sourceName, mailbox: plan.target, uids: 'none' },
    ...{ messages: 0, sizeBytes: 0, known: 0, skipped: 0 },
  };
  try {
    const place = options.isDryRun ? null : await findPlace(context.accountId, plan.target);
    const opened = await plan.folder.open(problems).catch((error) => {
      throw toSourceError(error);
    });
    try {
      await new FolderImport(context, plan, result, opened, place).run();
    } finally {
      await opened.close();
    }
    if (place) await subscribe(context, source, plan, place);
  } catch (error) {
    if (isRefusal(error, 'over-quota')) return { result, stop: error };
    if (!isRefusal(error) && !(error instanceof SourceError)) throw error;
    problems.lose({ where: plan.sourceName, text: error.message });
  }
  return { result, stop: null };
}

async function findPlace(accountId: string, name: string): Promise<FolderPlace> {
  const found = await findMailbox(accountId, name);
  if (found) return { mailbox: found, isNew: false };
  return { mailbox: await createMailbox(accountId, name), isNew: true };
}

async function subscribe(
  context: ImportContext,
  source: Source,
  plan: FolderPlan,
  place: FolderPlace,
): Promise<void> {
  const isWanted = source.hasSubscriptions ? plan.folder.isSubscribed : place.isNew;
  if (isWanted) await setSubscription(context.accountId, place.mailbox.name, true);
}

function summarize(source: Source, folders: FolderResult[]): ImportResult {
  const sum = (key: 'messages' | 'sizeBytes' | 'known' | 'skipped') =>
    folders.reduce((total, folder) => total + folder[key], 0);
  return {
    format: source.format,
    messages: sum('messages'),
    sizeBytes: sum('sizeBytes'),
    known: sum('known'),
    skipped: sum('skipped'),
    folders,
    problems: source.problems.list,
    problemCount: source.problems.count,
    lost: source.problems.lost,
  };
}

async function recordImport(
  address: string,
  { messages, known, skipped, format }: ImportResult,
  stop: Refusal | null,
  by: string,
): Promise<void> {
  const end = stop ? `; stopped: ${stop.message}` : '';
  const text = `imported ${messages} messages from ${format}, ${known} known, ${skipped} skipped${end}`;
  await write((tx) => recordChangeIn(tx, by, `user ${address}`, text));
}

function explainStop(stop: Refusal, done: ImportResult, total: number | null): Refusal {
  const count = done.messages + done.known;
  const ofAll = total === null ? '' : ` of ${total}`;
  return new Refusal(
    'over-quota',
    `${stop.message} ${count}${ofAll} messages are there (${done.messages} of them new, at ${now().toISOString()}). Give more room and run the import again: it goes on where it stopped.`,
  );
}
