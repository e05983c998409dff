// More header fields than any mail has: every parser stops counting somewhere (lib/mail/header.ts too), and what
// stands behind, such as a second From, is seen by the next reader only.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

/** Far below the limit of the parser. */
const maxFields = 10_000;

export const fieldCount: Check<'data'> = {
  name: 'field-count',
  title: 'Number of header fields',
  run({ fields }) {
    if (fields.length <= maxFields) return pass;
    return refuse('header-too-big', 'The header of the message has too many fields');
  },
};
