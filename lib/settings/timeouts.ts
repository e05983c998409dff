// How long this server waits for another one, at each step of handing a message over. What it waits for at connecting
// stands with the delivery settings.
import { defineNumber } from './number.ts';

/** RFC 5321 §4.5.3.2 */
const wait = { min: 1, max: 3600, unit: 'seconds', applies: 'next-attempt' } as const;

export const timeoutSettings = [
  defineNumber('delivery.greetingTimeoutSeconds', {
    ...wait,
    default: 300,
    title: 'Wait for the greeting',
    help: 'How long another server may take until it greets, and until it answers EHLO. RFC 5321 asks for 300 seconds.',
    postfix: ['smtp_helo_timeout'],
  }),
  defineNumber('delivery.mailTimeoutSeconds', {
    ...wait,
    default: 300,
    title: 'Wait for the answer to the sender',
    help: 'After MAIL. RFC 5321 asks for 300 seconds.',
    postfix: ['smtp_mail_timeout'],
  }),
  defineNumber('delivery.rcptTimeoutSeconds', {
    ...wait,
    default: 300,
    title: 'Wait for the answer to a recipient',
    help: 'After RCPT. RFC 5321 asks for 300 seconds: some servers ask others before they answer.',
    postfix: ['smtp_rcpt_timeout'],
  }),
  defineNumber('delivery.dataTimeoutSeconds', {
    ...wait,
    default: 120,
    title: 'Wait for the leave to send the text',
    help: 'After DATA. RFC 5321 asks for 120 seconds.',
    postfix: ['smtp_data_init_timeout'],
  }),
  defineNumber('delivery.bodyTimeoutSeconds', {
    ...wait,
    default: 180,
    title: 'Wait while the text is sent',
    help: 'How long the connection may stand still in the middle of a message. RFC 5321 asks for 180 seconds.',
    postfix: ['smtp_data_xfer_timeout'],
  }),
  defineNumber('delivery.endTimeoutSeconds', {
    ...wait,
    default: 600,
    title: 'Wait for the answer to the message',
    help: 'After its end. RFC 5321 asks for 600 seconds: whoever gives up too early delivers twice.',
    postfix: ['smtp_data_done_timeout'],
  }),
] as const;
