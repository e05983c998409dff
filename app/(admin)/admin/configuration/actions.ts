'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import {
  applyConfiguration,
  ConfigurationRefusal,
  type Plan,
  planConfiguration,
} from '#lib/configuration/plan.ts';
import { readTriedFile } from '#lib/configuration/tried-file.ts';
import { listWarnings } from '#lib/configuration/warnings.ts';
import { Refusal } from '#lib/errors.ts';
import { answerButton, runHere } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const text = z.string().max(1_000_000);
const reason = z.string().max(500);

type Answer = Plan & { error?: string };
const nothing: Plan = { changes: [], problems: [], warnings: [], isTried: true };

/** A browser names no files and variables of the server. */
function readSecret(): never {
  throw new Refusal('invalid', 'Secrets from variables and files are read by "drey apply" alone.');
}

export async function planAction(given: string): Promise<Answer> {
  await requireAdmin();
  let plan = nothing;
  const error = await answerButton(async () => {
    plan = await planConfiguration(await readTriedFile(text.parse(given), readSecret));
  });
  return { ...plan, error };
}

export async function applyAction(given: string, why: string): Promise<Answer> {
  const admin = await requireAdmin();
  let plan = nothing;
  const error = await answerButton(() =>
    runHere(reason.parse(why), async () => {
      try {
        const file = await readTriedFile(text.parse(given), readSecret);
        const changes = await applyConfiguration(file, admin.address);
        plan = { ...nothing, changes, warnings: await listWarnings(changes) };
        revalidatePath('/admin', 'layout');
      } catch (error) {
        if (!(error instanceof ConfigurationRefusal)) throw error;
        plan = { ...nothing, problems: error.problems };
      }
    }),
  );
  return { ...plan, error };
}
