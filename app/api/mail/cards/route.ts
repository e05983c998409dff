// The contacts of a vCard that came with a message, as data.
import { readCards } from '#lib/contacts/card.ts';
import { readPartText } from '#lib/webmail/reader/part-text.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

const mostShown = 20;

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const { text } = await readPartText(account, folder, uid, checkPart(query.get('part')));
  const { contacts } = readCards(text);
  return {
    contacts: contacts.slice(0, mostShown).map(({ fields }) => fields),
    total: contacts.length,
  };
});
