// The history of the configuration, and the configuration as a whole: what it is, what another one would change, and applying it.
import { z } from 'zod';
import { exportConfiguration, readConfiguration } from '../../configuration/export.ts';
import type { ReadFile } from '../../configuration/file.ts';
import { keepChanges } from '../../configuration/pending.ts';
import {
  applyConfiguration,
  ConfigurationRefusal,
  describeProblem,
  mostAtOnce,
  planConfiguration,
} from '../../configuration/plan.ts';
import { readTriedFile } from '../../configuration/tried-file.ts';
import { prepareUndo, undoRevision } from '../../configuration/undo.ts';
import {
  mostTogether,
  prepareGroup,
  previewGroup,
  undoGroup,
} from '../../configuration/undo-group.ts';
import { listWarnings } from '../../configuration/warnings.ts';
import { Refusal } from '../../errors.ts';
import { runFrom } from '../../history/origin.ts';
import { type Fields, isMasked } from '../../history/revise.ts';
import {
  type ListedRevision,
  listPending,
  listRevisions,
  readRevisionNumber,
  requireRevision,
} from '../../history/revision.ts';
import { writeJoined } from '../../joined.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { givenTime, pageOf, paging, readCursor, time, wholeList, writeCursor } from '../fields.ts';
import { HttpProblem } from '../problem.ts';
import { takeTrial } from '../reader-trial.ts';

const number = z.coerce.number().int().min(1).max(2_000_000_000);
const reason = z.string().max(500).default('').describe('why, for the history');
const fields = z.record(z.string(), z.unknown()).nullable();
const revision = z
  .object({
    id: z.number().describe('its number'),
    at: time,
    by: z.string(),
    place: z.string().describe('where it was made: an address, "command line", "API token NAME"'),
    kind: z.string(),
    subject: z.string().describe('such as "network 10.0.0.0/8"'),
    before: fields.describe('null: it was not there, or of a setting: the default'),
    after: fields,
    reason: z.string(),
    groupId: z.string().describe('the same for changes made together'),
    undoes: z.number().nullable().describe('the revision it takes back'),
    undoneBy: z.number().nullable().describe('the revision that takes it back'),
    groupSize: z.number().describe('how many changes were made together, with it'),
    pendingUntil: time.nullable().describe('goes back by itself unless confirmed before'),
  })
  .meta({ id: 'Revision' });
const ofGroup = z.object({
  changes: z.array(
    z
      .object({
        id: z.number().describe('its number'),
        subject: z.string(),
        refusal: z.string().nullable().describe('why it stays; null: it is taken back'),
        note: z
          .string()
          .describe('where it went, or what of it does not come back; empty: nothing'),
      })
      .meta({ id: 'GroupPart' }),
  ),
});
const parameters = z.object({ id: number });

/** A secret is only known to be one. */
function show({ before, after, ...rest }: ListedRevision) {
  const hide = (fields: Fields | null) =>
    fields &&
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        isMasked(value) ? { secret: 'kept' } : value,
      ]),
    );
  return { ...rest, before: hide(before), after: hide(after) };
}

/** Refusal 'not-found'. */
async function readShown(id: number) {
  await requireRevision(id);
  const [row] = await listRevisions({ before: id + 1, pageSize: 1 });
  return show(row as ListedRevision);
}

function readNumber(cursor: string): number {
  const found = number.safeParse(readCursor(cursor));
  if (found.success) return found.data;
  throw new Refusal('invalid', 'This is no cursor of this list.', 'cursor');
}

const historyEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/revisions',
    permission: null,
    title: 'List changes of the configuration, newest first',
    query: z.strictObject({
      ...paging,
      search: z.string().max(300).optional().describe('in what was changed, or the reason'),
      by: z.string().max(300).optional().describe('in who changed it, or the place'),
      kind: z.string().max(40).optional().describe('such as "setting"'),
      from: givenTime.optional(),
      until: givenTime.optional(),
    }),
    answer: pageOf(revision),
    isPaged: true,
    run: async ({ query: { limit, cursor, from, until, ...filter } }) => {
      const rows = await listRevisions({
        ...filter,
        from: from === undefined ? undefined : new Date(from),
        until: until === undefined ? undefined : new Date(until),
        before: cursor === undefined ? undefined : readNumber(cursor),
        pageSize: limit + 1,
      });
      const items = rows.slice(0, limit);
      const next = rows.length > limit ? writeCursor(String(items.at(-1)?.id)) : null;
      return { items: items.map(show), next };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/revisions/pending',
    permission: null,
    title: 'List risky changes that go back by themselves unless they are kept',
    answer: pageOf(revision),
    isPaged: true,
    run: async () => {
      const rows = await listPending();
      return wholeList(rows.map((row) => show({ ...row, undoneBy: null, groupSize: 1 })));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/revisions/{id}/keep',
    permission: null,
    title: 'Keep a risky change',
    help: 'Whoever made it; a caller vouches that the panel opens still. To take it back at once: undo.',
    parameters,
    body: z.strictObject({}),
    answer: revision,
    run: async ({ staff, parameters: { id } }) => {
      await keepChanges(staff.address, (one) => one.id === id);
      return readShown(id);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/revisions/{id}',
    permission: null,
    title: 'Read a change of the configuration',
    parameters,
    answer: revision,
    run: ({ parameters }) => readShown(parameters.id),
  }),
  endpoint({
    method: 'POST',
    path: '/revisions/{id}/undo',
    permission: null,
    title: 'Take a change back',
    help: 'Refused where it was changed again since.',
    parameters,
    body: z.strictObject({ reason }),
    answer: z.object({
      revision: z.number().describe('the number of the change that takes it back'),
      note: z.string().describe('where it went, or what does not come back; empty: nothing'),
    }),
    prepare: ({ parameters }) => prepareUndo([parameters.id]),
    run: ({ staff, parameters, body }) =>
      runFrom(body, () =>
        writeJoined(async () => {
          const note = await undoRevision(parameters.id, staff.address);
          return { revision: await readRevisionNumber(), note };
        }),
      ),
  }),
  endpoint({
    method: 'GET',
    path: '/revisions/{id}/group',
    permission: null,
    title: 'See what was changed together with it, and what of that could be taken back',
    parameters,
    answer: ofGroup,
    isPaged: true,
    help: 'A token that only reads tries small groups.',
    run: async ({ staff, parameters: { id } }) => ({
      changes: await takeTrial(staff, (mostMs) => previewGroup(id, staff.address, mostMs)),
    }),
  }),
  endpoint({
    method: 'POST',
    path: '/revisions/{id}/undo-group',
    permission: null,
    title: 'Take back what was changed together with it',
    help: 'All of it, or all of the numbers given; where one cannot be taken back nothing is.',
    parameters,
    body: z.strictObject({
      reason,
      ids: z
        .array(number)
        .min(1)
        .max(mostTogether)
        .optional()
        .describe('left out: the whole group'),
    }),
    answer: ofGroup,
    prepare: ({ parameters, body }) => prepareGroup(parameters.id, body.ids),
    run: ({ staff, parameters: { id }, body: { reason, ids } }) =>
      runFrom({ reason }, async () => ({ changes: await undoGroup(id, staff.address, ids) })),
  }),
];

const given = z
  .union([z.record(z.string(), z.unknown()), z.string().max(8_000_000)])
  .describe('sections by name, or the text of the YAML file');
const planned = z
  .object({
    section: z.string(),
    action: z.enum(['add', 'change', 'remove', 'order']),
    subject: z.string(),
    line: z.number().describe('of the text'),
    differences: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
  })
  .meta({ id: 'PlannedChange' });
const changes = z.array(planned);
const warnings = z
  .array(z.string())
  .describe('what does not fit together, though nothing is wrong with it');
const maxBodyBytes = 8 * 1024 * 1024;

/** JSON is YAML as well. A caller names no files and variables of the server. */
function readGiven(configuration: z.output<typeof given>): Promise<ReadFile> {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
  return readTriedFile(text, () => {
    throw new Refusal(
      'invalid',
      'Secrets from variables and files are read by "drey apply" alone.',
    );
  });
}

const fileEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/configuration',
    permission: null,
    title: 'Export the whole configuration',
    help: 'Without passwords; a secret is { "secret": "kept" }.',
    query: z.strictObject({ format: z.enum(['json', 'yaml']).default('json') }),
    answer: z.object({ configuration: given }),
    run: async ({ query }) => ({
      configuration: await (query.format === 'yaml' ? exportConfiguration() : readConfiguration()),
    }),
  }),
  endpoint({
    method: 'POST',
    path: '/configuration/plan',
    permission: null,
    title: 'See what a configuration would change, and what is wrong with it',
    help: 'Sections and entries that are not named stay as they are (docs/configuration.md).',
    body: z.strictObject({ configuration: given }),
    answer: z.object({
      changes,
      problems: z.array(
        z.object({ line: z.number().nullable(), section: z.string(), text: z.string() }),
      ),
      warnings,
      isTried: z
        .boolean()
        .describe(
          `false: more than ${mostAtOnce} changes (of a token that only reads: than are tried in a quarter of a second), so problems show while it is applied`,
        ),
    }),
    isQuestion: true,
    maxBodyBytes,
    run: async ({ staff, body }) => {
      const file = await readGiven(body.configuration);
      return takeTrial(staff, (mostMs) => planConfiguration(file, mostMs));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/configuration/apply',
    permission: null,
    title: 'Make the server what a configuration says, whole or not at all',
    help: `Changes that could lock administrators out stay without being confirmed. At most ${mostAtOnce} changes a call.`,
    body: z.strictObject({ configuration: given, reason }),
    answer: z.object({ changes, warnings }),
    maxBodyBytes,
    prepare: ({ body }) => readGiven(body.configuration),
    run: async ({ staff, body: { reason }, prepared: file }) => {
      try {
        const done = await runFrom({ reason }, () => applyConfiguration(file, staff.address));
        return { changes: done, warnings: await listWarnings(done) };
      } catch (error) {
        if (!(error instanceof ConfigurationRefusal)) throw error;
        const errors = error.problems.map((problem) => ({
          field: 'configuration',
          pointer: problem.section ? `#/configuration/${problem.section}` : '#/configuration',
          detail: describeProblem(problem),
        }));
        throw new HttpProblem(422, 'invalid', 'Something in the configuration does not fit.', {
          errors,
        });
      }
    },
  }),
];

export const configurationEndpoints: Endpoint[] = [...historyEndpoints, ...fileEndpoints];
