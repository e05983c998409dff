// RETR and TOP (RFC 1939 §5, §7).
import { type Maildrop, noteFetched, sizeOf } from '../maildrop.ts';
import { cutTop, replaceNul } from '../message-text.ts';
import { err, ok } from '../reply.ts';
import type { Session } from '../session.ts';
import { shapeMessage } from '../shape.ts';
import { type Command, findNumber, parseNumber } from './command.ts';

const gone = (number: number) => err(`Message ${number} was removed by another session.`);

/** The octets that this client is to have of a message. */
async function read(
  { messages, isUtf8 }: Session,
  { settings }: Maildrop,
  number: number,
): Promise<Buffer | null> {
  const bytes = await messages?.read(number);
  if (!bytes) return null;
  // Behind the shape, so that its octets are as many whatever the setting says.
  const shaped = shapeMessage(bytes, isUtf8);
  return settings['pop3.replacesNul'] ? replaceNul(shaped) : shaped;
}

export const retr: Command = {
  name: 'RETR',
  state: 'transaction',
  async run(session, text, maildrop) {
    const number = findNumber(maildrop, text);
    if (typeof number !== 'number') return number;
    const bytes = await read(session, maildrop, number);
    if (!bytes) return gone(number);
    await noteFetched(maildrop, number);
    return ok(`${sizeOf(maildrop, number)} octets`, { message: bytes });
  },
};

export const top: Command = {
  name: 'TOP',
  state: 'transaction',
  async run(session, text, maildrop) {
    const [first = '', count = '', ...rest] = text.split(/ +/);
    const lines = parseNumber(count, 0);
    if (lines === null || rest.length > 0) return err('TOP takes a message and a count of lines.');
    const number = findNumber(maildrop, first);
    if (typeof number !== 'number') return number;
    const bytes = await read(session, maildrop, number);
    if (!bytes) return gone(number);
    return ok('Top of the message follows', { message: cutTop(bytes, lines) });
  },
};
