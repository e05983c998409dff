// STAT, LIST and UIDL (RFC 1939 §5, §7): what is in the maildrop. Deleted messages are left out, and the
// numbers of the others stay.
import { type Item, listItems, type Maildrop, sumSizes, uniqueId } from '../maildrop.ts';
import { ok, type Reply } from '../reply.ts';
import { type Command, findItem, isReply } from './command.ts';

export const stat: Command = {
  name: 'STAT',
  state: 'transaction',
  run(_session, _text, maildrop) {
    const items = listItems(maildrop);
    return ok(`${items.length} ${sumSizes(items)}`);
  },
};

export const list: Command = {
  name: 'LIST',
  state: 'transaction',
  run(_session, text, maildrop) {
    return show(maildrop, text, (item) => String(item.sizeBytes));
  },
};

export const uidl: Command = {
  name: 'UIDL',
  state: 'transaction',
  run(_session, text, maildrop) {
    return show(maildrop, text, (item) => uniqueId(maildrop, item));
  },
};

/** One message in the first line, or all of them in a multi-line reply. */
function show(maildrop: Maildrop, text: string, tell: (item: Item) => string): Reply {
  if (text !== '') {
    const found = findItem(maildrop, text);
    return isReply(found) ? found : ok(`${found.number} ${tell(found)}`);
  }
  const items = listItems(maildrop);
  const lines = items.map((item) => `${item.number} ${tell(item)}`);
  return ok(`${items.length} messages (${sumSizes(items)} octets)`, { lines });
}
