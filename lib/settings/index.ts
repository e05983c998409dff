// The registry of settings and the live reading of their values. Only values that differ from the default
// have a row; every read goes to the database, so a change is in force for the next reader.
import { hostname as systemHostname } from 'node:os';
import { now } from '../clock.ts';
import { db, readOnceACommit } from '../db.ts';
import { Refusal } from '../errors.ts';
import { maskSecret, type Recorded, revise } from '../history/revise.ts';
import { recordChangeIn } from '../trail/change.ts';
import { backupSettings } from './backup.ts';
import { parseBytes } from './bytes.ts';
import { checkSetting } from './check.ts';
import { checksSettings } from './checks.ts';
import { contentSettings } from './content.ts';
import type { SettingDefinition } from './define.ts';
import { deliverySettings } from './delivery.ts';
import { directorySettings } from './directory.ts';
import { doctorSettings } from './doctor.ts';
import { imapSettings } from './imap.ts';
import { leavingSettings } from './leaving.ts';
import { listenersSettings } from './listeners.ts';
import { logSettings } from './log.ts';
import { pop3Settings } from './pop3.ts';
import { reportSettings } from './reports.ts';
import { securitySettings } from './security.ts';
import { sendingSettings } from './sending.ts';
import { serverSettings } from './server.ts';
import { smtpSettings } from './smtp.ts';
import { storageSettings } from './storage.ts';
import { tlsSettings } from './tls.ts';
import { watchSettings } from './watch.ts';
import { webSettings } from './web.ts';

const registry = [
  ...serverSettings,
  ...watchSettings,
  ...listenersSettings,
  ...smtpSettings,
  ...checksSettings,
  ...contentSettings,
  ...sendingSettings,
  ...imapSettings,
  ...pop3Settings,
  ...deliverySettings,
  ...leavingSettings,
  ...securitySettings,
  ...storageSettings,
  ...tlsSettings,
  ...reportSettings,
  ...webSettings,
  ...directorySettings,
  ...logSettings,
  ...backupSettings,
  ...doctorSettings,
] as const;

type Declared = (typeof registry)[number];
export type SettingKey = Declared['key'];
export type SettingValue<K extends SettingKey> =
  Extract<Declared, { key: K }> extends SettingDefinition<infer T> ? T : never;
export type Settings = { [K in SettingKey]: SettingValue<K> };
export { parseBytes } from './bytes.ts';
export type { Applies, Control, Group, SettingDefinition } from './define.ts';

/** Every setting in the order of the admin panel. */
export const settings: readonly SettingDefinition[] =
  registry as readonly unknown[] as SettingDefinition[];
const byKey = new Map(settings.map((setting) => [setting.key, setting]));

/** The declaration of `key`. Refusal 'not-found'. */
export function findSetting(key: string): SettingDefinition {
  const definition = byKey.get(key);
  if (!definition) throw new Refusal('not-found', `There is no setting "${key}".`);
  return definition;
}

const defaults = Object.fromEntries(settings.map(({ key, default: value }) => [key, value]));

type SettingRow = { id: string; value: string };

/** The values of the rows as they were read last: most commits change no setting. */
let known: { text: string; values: Settings } | null = null;

/** The values in force. Every command asks for some, so the rows are read only after a commit by somebody. */
const readInForce = readOnceACommit(async () => {
  const rows = await db.$queryRaw<SettingRow[]>`SELECT "id", "value" FROM "Setting" ORDER BY "id"`;
  const text = JSON.stringify(rows);
  if (known?.text !== text) known = { text, values: toSettings(rows) };
  return known.values;
});

function toSettings(rows: SettingRow[]): Settings {
  const values: Record<string, unknown> = { ...defaults };
  for (const { id, value } of rows) {
    const definition = byKey.get(id);
    if (definition) values[id] = currentValue(definition, value);
  }
  return Object.freeze(values) as Settings;
}

/** The value in force now. */
export async function readSetting<K extends SettingKey>(key: K): Promise<Settings[K]> {
  return (await readSettings())[key];
}

/** All values in force now, by key: at most one query. */
export function readSettings(): Promise<Settings> {
  return readInForce();
}

/** A stored value that no longer fits its declaration (an older version wrote it) counts as unset. */
function currentValue(definition: SettingDefinition, stored: string | undefined): unknown {
  if (stored === undefined) return definition.default;
  const parsed = definition.schema.safeParse(JSON.parse(stored));
  return parsed.success ? parsed.data : definition.default;
}

export type ListedSetting = {
  definition: SettingDefinition;
  value: unknown;
  isDefault: boolean;
  updatedBy: string;
  updatedAt: Date | null;
};

/** Every setting with its value and whether somebody set it. */
export async function listSettings(): Promise<ListedSetting[]> {
  const rows = new Map((await db.setting.findMany()).map((row) => [row.id, row]));
  return settings.map((definition) => {
    const row = rows.get(definition.key);
    return {
      definition,
      value: currentValue(definition, row?.value),
      isDefault: row === undefined,
      updatedBy: row?.updatedBy ?? '',
      updatedAt: row?.updatedAt ?? null,
    };
  });
}

/** What the history keeps of a setting. */
export const recordedSetting: Recorded = {
  kind: 'setting',
  read: async (tx, key) => {
    const row = await tx.setting.findUnique({ where: { id: key } });
    if (!row) return null;
    const value: unknown = JSON.parse(row.value);
    const isSecret = byKey.get(key)?.control.kind === 'secret';
    return { value: isSecret ? maskSecret(String(value)) : value };
  },
  describe: (key) => `setting ${key}`,
  isRisky: (key) => byKey.get(key)?.isRisky ?? false,
};

/** Sets `key`. Refusal 'invalid' with the key as field and the text of what would be right. */
export async function writeSetting(key: string, value: unknown, by: string): Promise<void> {
  const definition = findSetting(key);
  const text = JSON.stringify(checkSetting(definition, value));
  await revise(by, recordedSetting, key, async (tx) => {
    const row = { value: text, updatedAt: now(), updatedBy: by };
    await tx.setting.upsert({ where: { id: key }, create: { id: key, ...row }, update: row });
    const shown = definition.control.kind === 'secret' ? `${key} changed` : `${key} = ${text}`;
    await recordChangeIn(tx, by, `setting ${key}`, shown);
  });
}

/** Back to the default. */
export async function resetSetting(key: string, by: string): Promise<void> {
  findSetting(key);
  await revise(by, recordedSetting, key, async (tx) => {
    await tx.setting.deleteMany({ where: { id: key } });
    await recordChangeIn(tx, by, `setting ${key}`, `${key} reset to its default`);
  });
}

/** The value that `text` (a command line, a form field) means for `key`, not yet validated. */
export function parseSetting(key: string, text: string): unknown {
  const { control } = findSetting(key);
  if (control.kind === 'number') return text.trim() === '' ? Number.NaN : Number(text);
  if (control.kind === 'bytes') return parseBytes(text);
  if (control.kind === 'boolean') {
    if (/^(yes|true|on|1)$/i.test(text.trim())) return true;
    return /^(no|false|off|0)$/i.test(text.trim()) ? false : text;
  }
  if (control.kind === 'list') return text.split(/[\s,]+/).filter((item) => item !== '');
  return text;
}

/** Host name for greetings and trace headers: the setting, else the name the system has. */
export async function serverHostname(): Promise<string> {
  return (await readSetting('server.hostname')) || systemHostname().toLowerCase() || 'localhost';
}
