// RETR and TOP (RFC 1939 §5, §7).
import { type Item, type Maildrop, markSeen, readItem } from '../maildrop.ts';
import { completeMessage, cutTop } from '../message-text.ts';
import { err, ok } from '../reply.ts';
import { type Command, findItem, isReply, parseNumber } from './command.ts';

const gone = (item: Item) => err(`Message ${item.number} was removed by another session.`);

export const retr: Command = {
  name: 'RETR',
  state: 'transaction',
  async run(_session, text, maildrop) {
    const found = findItem(maildrop, text);
    if (isReply(found)) return found;
    const bytes = await readItem(maildrop, found);
    if (!bytes) return gone(found);
    await markSeen(maildrop, found);
    return ok(`${found.sizeBytes} octets`, { message: completeMessage(bytes) });
  },
};

export const top: Command = {
  name: 'TOP',
  state: 'transaction',
  async run(_session, text, maildrop: Maildrop) {
    const [number = '', count = '', ...rest] = text.split(' ');
    const lines = parseNumber(count, 0);
    if (lines === null || rest.length > 0) return err('TOP takes a message and a count of lines.');
    const found = findItem(maildrop, number);
    if (isReply(found)) return found;
    const bytes = await readItem(maildrop, found);
    return bytes
      ? ok('Top of the message follows', { message: cutTop(bytes, lines) })
      : gone(found);
  },
};
