// What POP3 does for a user as fields of a form, for the user's own options and for administrators.
import { z } from 'zod';
import type { changePop3Choice, Pop3Choice } from '#lib/accounts/pop3-choice.ts';

/** Empty = as the server has it. */
export type Pop3Texts = { folders: string[]; deletion: string; marksSeen: '' | 'on' | 'off' };

export const pop3Fields = {
  /** One a line */
  folders: z
    .string()
    .max(6000)
    .transform((text) => text.split('\n').map((line) => line.trim()))
    .transform((lines) => lines.filter((line) => line !== '')),
  deletion: z.string().max(20),
  marksSeen: z.enum(['', 'on', 'off']),
};

/** For changePop3Choice(). */
export function toPop3Change({
  folders,
  deletion,
  marksSeen,
}: Pop3Texts): Parameters<typeof changePop3Choice>[1] {
  return {
    'pop3.folders': folders.length > 0 ? folders : undefined,
    'pop3.deletion': deletion || undefined,
    'pop3.marksSeen': marksSeen === '' ? undefined : marksSeen === 'on',
  };
}

export function toPop3Texts(choice: Pop3Choice): Pop3Texts {
  const seen = choice['pop3.marksSeen'];
  return {
    folders: choice['pop3.folders'] ?? [],
    deletion: choice['pop3.deletion'] ?? '',
    marksSeen: seen === undefined ? '' : seen ? 'on' : 'off',
  };
}
