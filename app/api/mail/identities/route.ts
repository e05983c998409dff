// Identities: listed, added, changed, removed, put first, and read from SquirrelMail's file of preferences.
import { Refusal } from '#lib/errors.ts';
import {
  addIdentity,
  type IdentityInput,
  listIdentities,
  putIdentityFirst,
  removeIdentity,
  updateIdentity,
} from '#lib/webmail/compose/identities.ts';
import { importIdentities } from '#lib/webmail/compose/squirrelmail.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ identities: await listIdentities(account) }));

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const id = typeof body.id === 'string' ? body.id : '';
  let count = 1;
  if (body.kind === 'add') await addIdentity(account, readInput(body.identity));
  else if (body.kind === 'change') await updateIdentity(account, id, readInput(body.identity));
  else if (body.kind === 'remove') await removeIdentity(account.id, id);
  else if (body.kind === 'first') await putIdentityFirst(account.id, id);
  else if (body.kind === 'import') count = await importIdentities(account, String(body.text ?? ''));
  else throw new Refusal('invalid', 'Unknown action.', 'kind');
  return { identities: await listIdentities(account), count };
});

function readInput(value: unknown): Partial<IdentityInput> {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    name: textOf('name'),
    address: textOf('address'),
    replyTo: textOf('replyTo'),
    bcc: textOf('bcc'),
    organization: textOf('organization'),
    signature: textOf('signature'),
    signatureHtml: textOf('signatureHtml'),
  };
}
