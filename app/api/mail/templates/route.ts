// Canned texts: listed, and kept from the composer. Their page in the options changes them.
import { addTemplate, listTemplates } from '#lib/webmail/compose/templates.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ templates: await listTemplates(account.id) }));

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  const { name, subject, text, html } = body;
  const id = await addTemplate(account.id, {
    ...{ name: textOf(name), subject: textOf(subject), text: textOf(text), html: textOf(html) },
  });
  return { id };
});
