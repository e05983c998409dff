// RETR and TOP (RFC 1939 §5, §7).
import { noteFetched, sizeOf } from '../maildrop.ts';
import { completeMessage, cutTop, replaceNul } from '../message-text.ts';
import { err, ok } from '../reply.ts';
import { type Command, findNumber, parseNumber } from './command.ts';

const gone = (number: number) => err(`Message ${number} was removed by another session.`);

export const retr: Command = {
  name: 'RETR',
  state: 'transaction',
  async run({ messages }, text, maildrop) {
    const number = findNumber(maildrop, text);
    if (typeof number !== 'number') return number;
    const bytes = await messages?.read(number);
    if (!bytes) return gone(number);
    await noteFetched(maildrop, number);
    const message = completeMessage(
      maildrop.settings['pop3.replacesNul'] ? replaceNul(bytes) : bytes,
    );
    return ok(`${sizeOf(maildrop, number)} octets`, { message });
  },
};

export const top: Command = {
  name: 'TOP',
  state: 'transaction',
  async run({ messages }, text, maildrop) {
    const [first = '', count = '', ...rest] = text.split(/ +/);
    const lines = parseNumber(count, 0);
    if (lines === null || rest.length > 0) return err('TOP takes a message and a count of lines.');
    const number = findNumber(maildrop, first);
    if (typeof number !== 'number') return number;
    const bytes = await messages?.read(number);
    if (!bytes) return gone(number);
    const message = cutTop(
      maildrop.settings['pop3.replacesNul'] ? replaceNul(bytes) : bytes,
      lines,
    );
    return ok('Top of the message follows', { message });
  },
};
