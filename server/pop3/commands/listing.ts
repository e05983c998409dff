// STAT, LIST and UIDL (RFC 1939 §5, §7): what is in the maildrop. Deleted messages are left out, and the
// numbers of the others stay.
import { listNumbers, type Maildrop, sizeOf, uniqueId } from '../maildrop.ts';
import { ok, type Reply } from '../reply.ts';
import { type Command, findNumber } from './command.ts';

export const stat: Command = {
  name: 'STAT',
  state: 'transaction',
  run(_session, _text, { left }) {
    return ok(`${left.count} ${left.octets}`);
  },
};

export const list: Command = {
  name: 'LIST',
  state: 'transaction',
  run(_session, text, maildrop) {
    return show(maildrop, text, (number) => sizeOf(maildrop, number));
  },
};

export const uidl: Command = {
  name: 'UIDL',
  state: 'transaction',
  run(_session, text, maildrop) {
    return show(maildrop, text, (number) => uniqueId(maildrop, number));
  },
};

/** One message in the first line, or all of them in a multi-line reply. */
function show(maildrop: Maildrop, text: string, tell: (number: number) => number | string): Reply {
  if (text !== '') {
    const found = findNumber(maildrop, text);
    return typeof found === 'number' ? ok(`${found} ${tell(found)}`) : found;
  }
  const { count, octets } = maildrop.left;
  const lines: string[] = [];
  for (const number of listNumbers(maildrop)) lines.push(`${number} ${tell(number)}`);
  return ok(`${count} messages (${octets} octets)`, { lines });
}
