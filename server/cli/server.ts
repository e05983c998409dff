// `drey settings …`
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { findConflicts, warningsOf } from '#lib/settings/conflicts.ts';
import { findMeaningless, suggestNames } from '#lib/settings/find.ts';
import {
  findSetting,
  listSettings,
  readSettings,
  resetSetting,
  writeSetting,
} from '#lib/settings/index.ts';
import { requireListenable } from '#lib/settings/listenable.ts';
import { findPagesNamed } from '#lib/settings/pages.ts';
import { by, type CommandDefinition, type Row, textAt } from './command.ts';
import { keepOption, runWatched, sayPending } from './keep.ts';

async function listSettingRows(search: string): Promise<Row[]> {
  const wanted = search.toLowerCase();
  return (await listSettings())
    .filter(({ definition: { key, title, postfix, dovecot } }) =>
      [key, title, ...postfix, ...dovecot].some((name) => name.toLowerCase().includes(wanted)),
    )
    .map(({ definition, value, isDefault }) => ({
      key: definition.key,
      value: definition.control.kind === 'secret' && value !== '' ? '(set)' : value,
      isDefault,
      unit: definition.unit,
      title: definition.title,
      postfix: definition.postfix,
      dovecot: definition.dovecot,
      applies: definition.applies,
    }));
}

/** Why no setting has that name, what has it, or which name may have been meant. */
function explainAbsence(search: string): string {
  const reasons = findMeaningless(search).map(
    ({ program, name, reason, instead }) =>
      `${program}'s ${name} has no counterpart here. ${reason}${instead ? ` Look at: ${instead}` : ''}`,
  );
  if (reasons.length > 0) return reasons.join('\n');
  const pages = findPagesNamed(search).map(
    ({ page: { label, href, command }, name }) =>
      `"${name}" is no setting here but a page of the panel, ${label} (${href})${command ? `; here: "drey ${command} --help"` : ''}.`,
  );
  if (pages.length > 0) return pages.join('\n');
  const near = suggestNames(search);
  return `No setting has "${search}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`;
}

export const settingsCommands: CommandDefinition[] = [
  {
    name: 'settings list',
    arguments: ['[search]'],
    options: [],
    help: 'list settings; the search knows Postfix and Dovecot names too',
    run: async (input) => ({
      rows: await listSettingRows(textAt(input, 0)),
      columns: ['key', 'value', 'unit', 'isDefault', 'title'],
      empty: explainAbsence(textAt(input, 0)),
    }),
  },
  {
    name: 'settings get',
    arguments: ['<key>'],
    options: [],
    help: 'print the value in force',
    run: async (input) => {
      const { key } = findSetting(textAt(input, 0));
      const row = (await listSettingRows(key)).find((setting) => setting.key === key);
      const { value } = row as Row;
      return { text: typeof value === 'string' ? value : JSON.stringify(value), row };
    },
  },
  {
    name: 'settings set',
    arguments: ['<key>', '<value...>'],
    options: [{ flags: '--reason <text>', help: 'why, for the history' }, keepOption],
    help: 'set a value; in force without a restart',
    run: async (input) => {
      const key = textAt(input, 0);
      const value = readTypedSetting(key, textAt(input, 1));
      await requireListenable({ [key]: value });
      await runWatched(input, () => writeSetting(key, value, by));
      const row = (await listSettingRows(key)).find((setting) => setting.key === key);
      const warnings = warningsOf(key, await findConflicts(await readSettings()));
      const told = warnings.map((text) => `\nLook at it: ${text}`);
      return {
        text: `${key} = ${JSON.stringify(row?.value)}${told.join('')}${await sayPending()}`,
        row: { ...row, warnings },
      };
    },
  },
  {
    name: 'settings reset',
    arguments: ['<key>'],
    options: [{ flags: '--reason <text>', help: 'why, for the history' }, keepOption],
    help: 'back to the default',
    run: async (input) => {
      const { key, default: value } = findSetting(textAt(input, 0));
      await requireListenable({ [key]: value });
      await runWatched(input, () => resetSetting(key, by));
      return { text: `${key} has its default again${await sayPending()}` };
    },
  },
];
