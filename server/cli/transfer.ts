// `drey import` and `drey export`: mail of one user from and to Maildir, mbox and .eml files. They run beside
// the server. Exit code 1 where something was left out, so that nobody takes a part for the whole.
import { requireAccount } from '#lib/accounts/account.ts';
import { Refusal } from '#lib/errors.ts';
import { type ExportResult, exportMail } from '../transfer/export.ts';
import { type ImportResult, importMail } from '../transfer/import.ts';
import { formatNames, openSource } from '../transfer/open-source.ts';
import { formatBytes, formatSeconds, startProgressLine } from '../transfer/progress.ts';
import type { Format } from '../transfer/source.ts';
import {
  by,
  type CommandDefinition,
  type Input,
  optionText,
  type Result,
  type Row,
  textAt,
} from './command.ts';
import { formatTable } from './print.ts';

const shownProblems = 20;

async function runImport(input: Input): Promise<Result> {
  const account = await requireAccount(textAt(input, 0));
  const source = await openSource(textAt(input, 1), optionText(input, 'format') ?? null);
  const isDryRun = input.options.dryRun === true;
  const options = {
    into: optionText(input, 'into') ?? null,
    keepNames: input.options.keepNames === true,
    isDryRun,
    isAgain: input.options.again === true,
    isAnySize: input.options.anySize === true,
  };
  const line = startProgressLine(process.stderr);
  const startedMs = performance.now();
  const result = await importMail(account, source, options, by, line.update).finally(line.end);
  const seconds = (performance.now() - startedMs) / 1000;
  const isWhole = result.lost === 0;
  if (input.options.json === true) {
    print(JSON.stringify({ ok: isWhole, isDryRun, seconds, ...result }, null, 2));
  } else {
    print(describeImport(result, isDryRun, seconds));
  }
  return { code: isWhole ? 0 : 1 };
}

function describeImport(result: ImportResult, isDryRun: boolean, seconds: number): string {
  const { format, messages, sizeBytes, known, skipped, folders, problems, problemCount } = result;
  const uidWords = { kept: 'kept', new: 'new', none: '-' };
  const rows = folders.map(
    (folder): Row => ({
      ...folder,
      size: formatBytes(folder.sizeBytes),
      UIDs: isDryRun ? '-' : uidWords[folder.uids],
    }),
  );
  const columns = ['source', 'mailbox', 'messages', 'size', 'known', 'skipped', 'UIDs'];
  const verb = isDryRun ? 'Would import' : 'Imported';
  const lines = [
    formatTable(rows, columns).trimEnd(),
    `${verb} ${messages} messages (${formatBytes(sizeBytes)}) from ${format}; ${known} were there from an earlier import, ${skipped} skipped; ${formatSeconds(seconds)}.`,
  ];
  if (folders.some(({ uids }) => uids === 'new')) {
    lines.push(
      'UIDs "new": the mailbox had mail of its own, so clients fetch its messages once again.',
    );
  }
  for (const { where, text } of problems.slice(0, shownProblems)) {
    lines.push(plain(`  ${where}: ${text}`));
  }
  if (problemCount > shownProblems) {
    lines.push(`  … and ${problemCount - shownProblems} more (--json names them)`);
  }
  return lines.join('\n');
}

async function runExport(input: Input): Promise<Result> {
  const account = await requireAccount(textAt(input, 0));
  const format = optionText(input, 'format') ?? 'maildir';
  if (format !== 'maildir' && format !== 'mbox' && format !== 'eml') {
    throw new Refusal('invalid', 'The format is maildir, mbox or eml.');
  }
  const options = { format: format as Format, folder: optionText(input, 'folder') ?? null };
  const line = startProgressLine(process.stderr);
  const startedMs = performance.now();
  const result = await exportMail(account, textAt(input, 1), options, line.update).finally(
    line.end,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  if (input.options.json === true) {
    print(JSON.stringify({ ok: true, seconds, ...result }, null, 2));
  } else {
    print(describeExport(result, seconds));
  }
  return { code: 0 };
}

function describeExport(result: ExportResult, seconds: number): string {
  const { format, messages, sizeBytes, known, folders } = result;
  const rows = folders.map((folder): Row => ({ ...folder, size: formatBytes(folder.sizeBytes) }));
  return [
    formatTable(rows, ['mailbox', 'path', 'messages', 'size', 'known']).trimEnd(),
    `Exported ${messages} messages (${formatBytes(sizeBytes)}) as ${format}; ${known} were there from an earlier export; ${formatSeconds(seconds)}.`,
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A terminal obeys control characters; names of files may hold them. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

export const transferCommands: CommandDefinition[] = [
  {
    name: 'import',
    arguments: ['<address>', '<path>'],
    options: [
      { flags: '--format <format>', help: `${formatNames.join(', ')}; found out without it` },
      { flags: '--into <folder>', help: 'put everything below this mailbox' },
      { flags: '--keep-names', help: 'do not map "Sent Items" and the like to special folders' },
      { flags: '--dry-run', help: 'only say what would come' },
      { flags: '--again', help: 'also what an earlier import has brought' },
      { flags: '--any-size', help: 'also messages over the largest size of the settings' },
    ],
    help: "add mail from a Maildir, mbox or .eml files to a user's mailboxes; may be repeated",
    stopped: 'Stopped. What was imported is there; run the import again, and it goes on.',
    run: runImport,
  },
  {
    name: 'export',
    arguments: ['<address>', '<path>'],
    options: [
      { flags: '--format <format>', help: 'maildir (the default), mbox or eml' },
      { flags: '--folder <name>', help: 'only this mailbox and those below it' },
    ],
    help: "write a user's mail into a folder; a second export adds what is new",
    stopped: 'Stopped: the export is not complete. Run it again, and it goes on.',
    run: runExport,
  },
];
