// A body with a CR or LF alone can hide a second message from the next server (SMTP smuggling), so from
// other servers it is refused (RFC 5321 §2.3.8). A user's program gets its line ends mended instead.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const bareNewline: Check<'data'> = {
  name: 'bare-newline',
  title: 'Bare CR or LF (smuggling)',
  run({ client, hasBareNewline }) {
    if (!hasBareNewline || client.isSubmission) return pass;
    return refuse('bare-newline', 'The message has a bare CR or LF; lines end in CR LF');
  },
};
