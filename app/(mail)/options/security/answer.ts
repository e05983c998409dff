// What an action of this page answers: what it made, or what is wrong and at which control.
import { isRefusal } from '#lib/errors.ts';
import { answerButton } from '../../../form-answer.ts';

export type Answer<T> = { ok: T; error?: undefined } | { error: string; field: string | null };

/** Runs `work`; refusals become texts, anything else is logged and answered generically. */
export async function answerWith<T>(work: () => Promise<T>): Promise<Answer<T>> {
  let made: { ok: T } | null = null;
  let field: string | null = null;
  const error = await answerButton(async () => {
    try {
      made = { ok: await work() };
    } catch (problem) {
      if (isRefusal(problem)) field = problem.field;
      throw problem;
    }
  });
  return made ?? { error: error ?? '', field };
}
