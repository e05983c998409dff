// The fields of a new password, typed twice.
import { z } from 'zod';

/** Together with `others`. */
export function newPassword<T extends z.ZodRawShape>(others: T) {
  const password = z.string().min(1, 'Choose a password.').max(1024, 'At most 1024 characters.');
  return z.object({ ...others, password, repeated: z.string() }).check((context) => {
    const { password, repeated } = context.value as { password: string; repeated: string };
    if (password === repeated) return;
    const message = 'The two passwords differ.';
    context.issues.push({ code: 'custom', path: ['repeated'], message, input: repeated });
  });
}
