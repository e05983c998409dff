// A file of the configuration as everybody reads it who means to apply it: what it says of listeners was tried by the daemon,
// as a form of the panel is, and before a transaction, because the daemon reads meanwhile.
import { isRefusal } from '#lib/errors.ts';
import { settings } from '#lib/settings/index.ts';
import { requireListenable } from '#lib/settings/listenable.ts';
import { type ReadFile, type ReadSecret, readFile } from './file.ts';

/** Like readFile(); a place that the daemon cannot listen at is a problem of the file. */
export async function readTriedFile(text: string, readSecret: ReadSecret): Promise<ReadFile> {
  const file = readFile(text, readSecret);
  if (file.problems.length > 0) return file;
  try {
    await requireListenable(readSettings(file));
    return file;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const found = file.entries.find(
      ({ fields }) => error.field !== undefined && fields.key === error.field,
    );
    const line = found?.line ?? file.pruned[0]?.line ?? null;
    const problem = { line, section: 'settings', text: `setting ${error.field}: ${error.message}` };
    return { ...file, problems: [problem] };
  }
}

/** The settings as they would be, as far as the file says something about them. */
function readSettings({ entries, pruned }: ReadFile): Record<string, unknown> {
  const isPruned = pruned.some(({ section }) => section.name === 'settings');
  const values = entries.flatMap(({ section, fields }) =>
    section.name === 'settings' ? [[String(fields.key), fields.value] as const] : [],
  );
  const defaults = isPruned ? settings.map(({ key, default: value }) => [key, value] as const) : [];
  return Object.fromEntries([...defaults, ...values]);
}
