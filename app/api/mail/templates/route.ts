// Canned texts: listed, added from the composer or their page, changed and removed.
import { Refusal } from '#lib/errors.ts';
import {
  addTemplate,
  listTemplates,
  removeTemplate,
  type Template,
  updateTemplate,
} from '#lib/webmail/compose/templates.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ templates: await listTemplates(account.id) }));

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const id = typeof body.id === 'string' ? body.id : '';
  if (body.kind === 'add') await addTemplate(account.id, readInput(body.template));
  else if (body.kind === 'change') await updateTemplate(account.id, id, readInput(body.template));
  else if (body.kind === 'remove') await removeTemplate(account.id, id);
  else throw new Refusal('invalid', 'Unknown action.', 'kind');
  return { templates: await listTemplates(account.id) };
});

function readInput(value: unknown): Omit<Template, 'id'> {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    name: textOf('name'),
    subject: textOf('subject'),
    text: textOf('text'),
    html: textOf('html'),
  };
}
