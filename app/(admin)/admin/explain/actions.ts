'use server';
import { isIP } from 'node:net';
import { z } from 'zod';
import { askDaemon } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import type { Explanation, Question } from '#lib/explanation.ts';
import { requireAdmin } from '../../../session.ts';
import type { ExplainState } from './explain-state.ts';

const maxMessageBytes = 5_000_000;
const address = z.string().trim().max(320, 'That is too long for an address.');

const schema = z.object({
  client: z
    .string()
    .trim()
    .refine((text) => isIP(text) !== 0, 'Give an IP address such as 192.0.2.1.'),
  helo: z.string().trim().max(255, 'At most 255 characters.'),
  from: address,
  to: z
    .string()
    .transform((text) => text.split(/[\s,;]+/).filter((one) => one !== ''))
    .refine((list) => list.length > 0, 'Give at least one recipient.')
    .refine((list) => list.length <= 20, 'At most 20 recipients.'),
  user: address,
  text: z.string().max(maxMessageBytes, 'The message is too long for this page.'),
});

/** Asks the daemon what would happen; keeps nothing. */
export async function explainAction(
  _previous: ExplainState,
  form: FormData,
): Promise<ExplainState> {
  await requireAdmin();
  const parsed = schema.safeParse(Object.fromEntries(form));
  if (!parsed.success) {
    const fields: Record<string, string> = {};
    for (const { path, message } of parsed.error.issues) fields[String(path[0])] ??= message;
    return { fields };
  }
  const { text, ...asked } = parsed.data;
  const file = form.get('file');
  const bytes =
    file instanceof File && file.size > 0
      ? Buffer.from(await file.slice(0, maxMessageBytes).arrayBuffer())
      : Buffer.from(text);
  const question: Question = { ...asked, message: bytes.toString('base64') };
  if (question.helo === '') delete question.helo;
  try {
    return { explanation: await askDaemon<Explanation>('explain', question) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.field ? { fields: { [error.field]: error.message } } : { error: error.message };
  }
}
