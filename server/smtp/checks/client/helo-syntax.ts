// The name in HELO and EHLO goes into trace headers and logs. Real clients say bare addresses and Windows
// names, so only what could do harm is refused: control characters, blanks and endless names.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

/** RFC 5321 §4.5.3.1.2: a domain has at most 255 octets. */
const maxNameLength = 255;

export const heloSyntax: Check<'helo'> = {
  name: 'helo-syntax',
  title: 'HELO can be read',
  run({ name }) {
    const isGood =
      name.length > 0 && name.length <= maxNameLength && !/[\p{Cc}\p{Cf}\s]/u.test(name);
    return isGood ? pass : refuse('bad-helo', 'Say your host name, and nothing else');
  },
};
