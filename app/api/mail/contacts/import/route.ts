// A file of contacts: looked at first, then brought in.
import {
  importContacts,
  type KnownContacts,
  maxFileBytes,
  previewImport,
  readBookFile,
} from '#lib/contacts/import-file.ts';
import { changeRoute } from '../../answer.ts';
import { readFileBody } from '../read-file-body.ts';

const modes: Record<string, KnownContacts> = { skip: 'skip', merge: 'merge', add: 'add' };

/** POST ?name=&mode=look|skip|merge|add with the file as the body → ImportResult */
export const POST = changeRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const bytes = await readFileBody(request, maxFileBytes);
  const name = (query.get('name') ?? '').slice(0, 200);
  const file = readBookFile(bytes, name, account.address);
  const mode = modes[query.get('mode') ?? ''];
  return mode ? importContacts(account.id, file, mode) : previewImport(account.id, file);
});
