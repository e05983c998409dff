// The protocols of mail programs as checkboxes: ticked ones are open.
import { z } from 'zod';
import { type ClosableProtocol, closableProtocols } from '#lib/accounts/closed-protocols.ts';

const box = z.literal('on').optional();
export const protocolFields = { imap: box, pop3: box, submission: box };

/** Those that are not ticked. */
export function readClosedFields(
  open: Partial<Record<ClosableProtocol, 'on' | undefined>>,
): ClosableProtocol[] {
  return closableProtocols.filter((protocol) => open[protocol] !== 'on');
}
