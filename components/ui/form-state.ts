// What a server action answers to a form.

export type FormState =
  | { status: 'idle' }
  /** `text` is shown as a toast; `redirectTo` opens a page; `secret` is told this once. */
  | { status: 'ok'; text?: string; redirectTo?: string; secret?: string }
  /** `fields`: what is wrong, by the name of the control; `text`: what belongs to no control. */
  | { status: 'error'; text?: string; fields?: Record<string, string> };

export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>;

export const idle: FormState = { status: 'idle' };
