// From a form to lib/ and back: reads the fields with zod, runs the change, and turns refusals into texts
// beside their fields. Anything that is not a refusal is a bug: logged whole, answered generically.
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { refuseUnstorable } from '#lib/db-errors.ts';
import { isRefusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { logOf } from '#lib/log.ts';
import { translateSentence } from './i18n.ts';
import { currentPath, currentRemote } from './session.ts';

const log = logOf('web');
const bugText = 'Something went wrong on the server. Its log has the details.';

/** Fields of `form` as an object of texts, without NUL (server/web/unreadable.ts); of a repeated name the last one. Files are left out. */
export function readFields(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value.replaceAll('\0', '');
  }
  return fields;
}

/**
 * Validates `form` with `schema` and answers with what `change` does. Errors land at their fields;
 * `controls` names the control of a field that lib/ calls otherwise.
 */
export async function answerForm<T extends z.ZodType>(
  schema: T,
  form: FormData,
  change: (fields: z.output<T>) => Promise<FormState>,
  controls: Record<string, string> = {},
): Promise<FormState> {
  const fields = readFields(form);
  const parsed = schema.safeParse(fields);
  if (!parsed.success) return { status: 'error', fields: await describeIssues(parsed.error) };
  try {
    return await runHere(fields.reason ?? '', () => change(parsed.data));
  } catch (error) {
    const state = await describeError(error);
    if (state.status !== 'error' || !state.fields) return state;
    const [[field, text] = ['', '']] = Object.entries(state.fields);
    const control = controls[field] ?? field;
    // Where the form has no such control, the text stands above it.
    return form.has(control)
      ? { status: 'error', fields: { [control]: text } }
      : { status: 'error', text };
  }
}

/** For buttons without a form: undefined when `change` worked, else the text to show. */
export async function answerButton(change: () => Promise<void>): Promise<string | undefined> {
  try {
    await runHere('', change);
    return undefined;
  } catch (error) {
    const state = await describeError(error);
    if (state.status !== 'error') return undefined;
    return state.text ?? Object.values(state.fields ?? {})[0] ?? bugText;
  }
}

/** Runs a change, for the history: from here, for that reason. In the panel a risky one must be confirmed. */
export async function runHere<T>(reason: string, change: () => Promise<T>): Promise<T> {
  const isWatched = (await currentPath()).startsWith('/admin');
  return runFrom({ place: await currentRemote(), reason: reason.trim(), isWatched }, change);
}

async function describeIssues(error: z.ZodError): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const { path, message } of error.issues) {
    fields[String(path[0] ?? '')] ??= await translateSentence(message);
  }
  return fields;
}

async function describeError(thrown: unknown): Promise<FormState> {
  // redirect(), forbidden() and notFound() travel as errors.
  unstable_rethrow(thrown);
  // The arguments of a button come as they are: nothing of ours sees them before their action.
  const error = refuseUnstorable(thrown);
  if (!isRefusal(error)) {
    log.error({ err: error }, 'a form action failed');
    return { status: 'error', text: await translateSentence(bugText) };
  }
  const text = await translateSentence(error.message);
  if (error.field) return { status: 'error', fields: { [error.field]: text } };
  return { status: 'error', text };
}
