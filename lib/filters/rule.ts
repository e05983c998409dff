// The grammar of a filter rule: which conditions a message is held against and what is then done with it. Rows keep both
// as JSON of these shapes; a row that does not fit them (any more) counts for nothing and harms nothing.
import { z } from 'zod';
import { canonicalAddress } from '../mail/address.ts';

export const maxRules = 200;
export const maxConditions = 500;
export const maxActions = 10;
/** Rules of one account that look into texts: each costs a walk through the text. */
export const maxBodyConditions = 20;
const maxValueLength = 500;

/** What is looked at: "recipient" is To or Cc, "list" List-Id. */
export const textFields = [
  'from',
  'to',
  'cc',
  'recipient',
  'subject',
  'list',
  'header',
  'body',
] as const;
/** "matches": the whole value, with "*" and "?". */
export const textTests = ['contains', 'is', 'starts', 'ends', 'matches'] as const;
export const plainFields = ['attachment', 'contact', 'spam'] as const;

const value = z.string().trim().min(1, 'Give what is looked for.').max(maxValueLength);
const isNot = z.boolean().default(false);
// RFC 5322 §3.6.8
const fieldName = z
  .string()
  .trim()
  .regex(/^[!-9;-~]{1,76}$/, 'This is no name of a header field.');

export const conditionSchema = z.union([
  z
    .object({
      field: z.enum(textFields),
      test: z.enum(textTests),
      isNot,
      value,
      /** Of "header". */
      name: fieldName.optional(),
    })
    .refine(({ field, name }) => field !== 'header' || name !== undefined, {
      message: 'Give the name of the header field.',
    })
    .refine(({ field, test }) => field !== 'body' || test === 'contains', {
      message: 'Of the text it can only be asked what it contains.',
    }),
  z.object({
    field: z.literal('size'),
    test: z.enum(['over', 'under']),
    kilobytes: z.int().min(1).max(1_000_000),
  }),
  /** "contact": the author stands in the own address book; "spam": the checks of the server say so. */
  z.object({ field: z.enum(plainFields), isNot }),
]);
export type Condition = z.infer<typeof conditionSchema>;

const folder = z.string().trim().min(1, 'Choose a folder.').max(1000);
/** RFC 9051 §9: a keyword is an atom; one with a backslash would be a flag of the system. */
const keyword = z
  .string()
  .trim()
  .regex(/^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~]{1,100}$/, 'This is no label.');
const address = z
  .string()
  .trim()
  .max(254)
  .transform((text, context) => {
    const canonical = canonicalAddress(text);
    if (canonical) return canonical;
    context.addIssue({ code: 'custom', message: 'Give an address to forward to.' });
    return z.NEVER;
  });

export const actionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('move'), folder }),
  z.object({ do: z.literal('copy'), folder }),
  z.object({ do: z.literal('label'), keyword }),
  /** Without `isKept` there is no copy here. */
  z.object({ do: z.literal('forward'), address, isKept: z.boolean().default(true) }),
  z.object({ do: z.literal('flag') }),
  z.object({ do: z.literal('read') }),
  /** Into Trash, where it can be looked for. */
  z.object({ do: z.literal('trash') }),
  z.object({ do: z.literal('junk') }),
  /** Never junk, whatever the checks of the server say. */
  z.object({ do: z.literal('wanted') }),
]);
export type Action = z.infer<typeof actionSchema>;
export const actionNames = actionSchema.options.map(({ shape }) => shape.do.value);

export const ruleSchema = z.object({
  name: z.string().trim().min(1, 'Give the rule a name.').max(100),
  match: z.enum(['all', 'any']).default('all'),
  /** None = every message. */
  conditions: z.array(conditionSchema).max(maxConditions, `At most ${maxConditions} conditions.`),
  actions: z
    .array(actionSchema)
    .min(1, 'Choose what is to be done.')
    .max(maxActions, `At most ${maxActions} actions.`),
  isLast: z.boolean().default(false),
  isDisabled: z.boolean().default(false),
});
/** A rule as its owner writes it. */
export type NewRule = z.infer<typeof ruleSchema>;
export type Rule = NewRule & { id: string };

type Row = {
  id: string;
  name: string;
  match: string;
  conditions: string;
  actions: string;
  isLast: unknown;
  isDisabled: unknown;
};

/** The rule of a row, or null where it does not fit the grammar. */
export function readRule(row: Row): Rule | null {
  const { id, name, match } = row;
  const rule = {
    ...{ name, match },
    conditions: parseJson(row.conditions),
    actions: parseJson(row.actions),
    isLast: Boolean(row.isLast),
    isDisabled: Boolean(row.isDisabled),
  };
  const parsed = ruleSchema.safeParse(rule);
  return parsed.success ? { ...parsed.data, id } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
