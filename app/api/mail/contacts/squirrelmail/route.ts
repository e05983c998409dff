// Names, addresses and signatures out of a user's SquirrelMail files (.pref, .sig, .si1, …).
import { Refusal } from '#lib/errors.ts';
import {
  type IdentityFile,
  importIdentities,
  readIdentityFiles,
} from '#lib/webmail/squirrelmail/identities.ts';
import { changeRoute } from '../../answer.ts';
import { readFileBody } from '../read-file-body.ts';

const maxBytes = 2 * 1024 * 1024;
const maxFiles = 40;

/** POST of a form with files → {identities, foreign}: added, and left out as not one's own */
export const POST = changeRoute(async (account, request) => {
  const bytes = await readFileBody(request, maxBytes);
  const type = request.headers.get('content-type') ?? '';
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw new Refusal('invalid', 'Send files.');
    });
  const files: IdentityFile[] = [];
  for (const file of form.getAll('file').slice(0, maxFiles)) {
    if (typeof file === 'string') continue;
    files.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  const { added, foreign } = await importIdentities(account, readIdentityFiles(files));
  return { identities: added, foreign };
});
