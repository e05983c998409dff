// Who is a stranger: neither signed in, nor from a trusted network or program here, nor made welcome by a rule.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import type { Marks } from '../marks.ts';
import type { Client } from '../session.ts';

/** Whether checks for strangers are meant for this client. */
export async function isStranger(client: Client, marks: Marks): Promise<boolean> {
  if (client.isSubmission || client.isLocal || marks.isWelcome) return false;
  return !(await isTrustedAddress(client.remote));
}
