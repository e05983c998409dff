// Canned texts of an account, put into a message where the cursor stands.
import { now } from '../../clock.ts';
import { db, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { newId } from '../../id.ts';
import { safeHeaderText } from '../../mail/header.ts';
import { toPlainText } from '../../mail/rich-text.ts';
import { cleanWritten } from './body.ts';

export type Template = {
  id: string;
  name: string;
  subject: string;
  text: string;
  /** Cleaned; empty = plain */
  html: string;
};

const maxTemplates = 200;
const maxText = 200_000;

/** Templates by name, at most 200. */
export async function listTemplates(accountId: string): Promise<Template[]> {
  return db.template.findMany({
    where: { accountId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: maxTemplates,
    select: { id: true, name: true, subject: true, text: true, html: true },
  });
}

/** Stores a template and gives its id. Refusal 'invalid', 'too-big', 'limit' beyond 200. */
export async function addTemplate(
  accountId: string,
  input: Partial<Omit<Template, 'id'>>,
): Promise<string> {
  const values = checkTemplate(input);
  const id = newId();
  await write(async (tx) => {
    if ((await tx.template.count({ where: { accountId } })) >= maxTemplates) {
      throw new Refusal('limit', `At most ${maxTemplates} templates.`);
    }
    const at = now();
    await tx.template.create({ data: { accountId, id, ...values, createdAt: at, updatedAt: at } });
  });
  return id;
}

/** Changes a template. Refusal as addTemplate(), 'not-found' for another account's. */
export async function updateTemplate(
  accountId: string,
  id: string,
  input: Partial<Omit<Template, 'id'>>,
): Promise<void> {
  const data = { ...checkTemplate(input), updatedAt: now() };
  await write(async (tx) => {
    const { count } = await tx.template.updateMany({ where: { accountId, id }, data });
    if (count === 0) throw missing();
  });
}

/** Removes a template. Refusal 'not-found'. */
export async function removeTemplate(accountId: string, id: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.template.deleteMany({ where: { accountId, id } });
    if (count === 0) throw missing();
  });
}

function missing(): Refusal {
  return new Refusal('not-found', 'This template does not exist.');
}

function checkTemplate(input: Partial<Omit<Template, 'id'>>): Omit<Template, 'id'> {
  const name = safeHeaderText(input.name ?? '').slice(0, 200);
  if (name === '') throw new Refusal('invalid', 'Give the template a name.', 'name');
  const html = input.html ?? '';
  const text = (input.text ?? '').replace(/\r\n?/g, '\n').toWellFormed();
  if (html.length > maxText || text.length > maxText) {
    throw new Refusal('too-big', 'The template is too long.', 'text');
  }
  // Images live in uploads, which do not last.
  const clean = cleanWritten(html).replace(/<img\b[^>]*\ssrc="cid:[^>]*>/gi, '');
  return {
    name,
    subject: safeHeaderText(input.subject ?? '').slice(0, 2000),
    text: text || toPlainText(clean),
    html: clean,
  };
}
