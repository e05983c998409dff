// Settings of the server. Values of secrets are shown to nobody.
import { z } from 'zod';
import { encryptSecret } from '../../accounts/secret.ts';
import { isRefusal, Refusal } from '../../errors.ts';
import { type Conflict, findConflicts, warningsOf } from '../../settings/conflicts.ts';
import {
  findSetting,
  type ListedSetting,
  listSettings,
  readSettings,
  resetSetting,
  type SettingDefinition,
  writeSetting,
} from '../../settings/index.ts';
import { requireListenable } from '../../settings/listenable.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { pageOf, time, wholeList } from '../fields.ts';

const setting = z
  .object({
    key: z.string(),
    title: z.string(),
    unit: z.string(),
    applies: z.string().describe('when a change is in force'),
    value: z.unknown().describe('null for a secret'),
    default: z.unknown(),
    isDefault: z.boolean(),
    isSecret: z.boolean(),
    updatedBy: z.string(),
    updatedAt: time.nullable(),
    warnings: z
      .array(z.string())
      .describe('what does not fit together with other settings, though it is taken'),
  })
  .meta({ id: 'Setting' });
const parameters = z.object({ key: z.string().min(1).max(100) });

function show({ definition, value, ...row }: ListedSetting, conflicts: Conflict[]) {
  const { key, title, unit, applies } = definition;
  const isSecret = definition.control.kind === 'secret';
  const shown = isSecret ? { value: null, default: null } : { value, default: definition.default };
  const warnings = warningsOf(key, conflicts);
  return { key, title, unit, applies, ...shown, isSecret, ...row, warnings };
}

async function listShown(isWanted: (definition: SettingDefinition) => boolean) {
  const conflicts = await findConflicts(await readSettings());
  const wanted = (await listSettings()).filter(({ definition }) => isWanted(definition));
  return wanted.map((listed) => show(listed, conflicts));
}

async function requireSetting(key: string) {
  findSetting(key);
  const [shown] = await listShown((definition) => definition.key === key);
  return shown;
}

/** What is refused of a setting stands in the field "value" of the body. */
async function namingValue(step: () => Promise<void>): Promise<void> {
  await step().catch((error: unknown) => {
    throw isRefusal(error, 'invalid') ? new Refusal('invalid', error.message, 'value') : error;
  });
}

export const settingEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/settings',
    permission: null,
    title: 'List settings',
    query: z.strictObject({ group: z.string().max(40).optional().describe('such as "smtp"') }),
    answer: pageOf(setting),
    run: async ({ query }) => {
      const { group } = query;
      return wholeList(
        await listShown((definition) => group === undefined || definition.group === group),
      );
    },
  }),
  endpoint({
    method: 'GET',
    path: '/settings/{key}',
    permission: null,
    title: 'Read a setting',
    parameters,
    answer: setting,
    run: ({ parameters }) => requireSetting(parameters.key),
  }),
  endpoint({
    method: 'PUT',
    path: '/settings/{key}',
    permission: null,
    title: 'Set a setting',
    help: 'The value has the type of its default.',
    parameters,
    body: z.strictObject({ value: z.unknown() }),
    answer: setting,
    prepare: ({ parameters: { key }, body: { value } }) =>
      namingValue(() => requireListenable({ [key]: value })),
    run: async ({ staff, parameters: { key }, body: { value } }) => {
      const isSecret = findSetting(key).control.kind === 'secret';
      const isSealed = isSecret && typeof value === 'string' && value !== '';
      const kept = isSealed ? encryptSecret(value) : value;
      await namingValue(() => writeSetting(key, kept, staff.address));
      return requireSetting(key);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/settings/{key}',
    permission: null,
    title: 'Put a setting back to its default',
    parameters,
    prepare: ({ parameters: { key } }) => requireListenable({ [key]: findSetting(key).default }),
    run: ({ staff, parameters }) => resetSetting(parameters.key, staff.address),
  }),
];
