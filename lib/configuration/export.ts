// The whole configuration as a file. The same configuration gives the same bytes.
import { type Fields, isMasked } from '#lib/history/revise.ts';
import { toBody, writeFile } from './file.ts';
import type { Section } from './section.ts';
import { listUsers } from './sections/users.ts';
import { sections } from './sections.ts';

/** The text of the file; `withHashes`: with what passwords are compared with. */
export async function exportConfiguration({ withHashes = false } = {}): Promise<string> {
  return writeFile(await readSections(withHashes));
}

/** What the file says, for programs: without what passwords are compared with. */
export async function readConfiguration(): Promise<Fields> {
  return toBody(await readSections(false));
}

async function readSections(withHashes: boolean): Promise<Map<string, Fields[]>> {
  const byName = new Map<string, Fields[]>();
  for (const section of sections) {
    const isUsers = section.name === 'users';
    const entries = isUsers ? await listUsers(withHashes) : await section.list();
    byName.set(
      section.name,
      entries.map(({ fields }) => hideSecrets(section, fields)),
    );
  }
  return byName;
}

function hideSecrets({ secrets = [] }: Section, fields: Fields): Fields {
  const shown = { ...fields };
  for (const name of secrets) if (isMasked(shown[name])) shown[name] = { secret: 'kept' };
  return shown;
}
