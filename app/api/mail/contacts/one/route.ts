// One contact with everything it holds; its photo is an address of its own.
import { readContact } from '#lib/contacts/contact.ts';
import { readRoute } from '../../answer.ts';

/** GET ?id= → {contact} */
export const GET = readRoute(async (account, request) => {
  const id = new URL(request.url).searchParams.get('id') ?? '';
  return { contact: await readContact(account.id, id.slice(0, 64)) };
});
