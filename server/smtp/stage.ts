/** Where in a session checks run: at the connection, HELO, MAIL, RCPT, and at the end of the message. */
export type { Stage } from '#lib/explanation.ts';
