'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { writeFooter } from '#lib/accounts/footer.ts';
import { requireDomainOf } from '#lib/accounts/staff.ts';
import { answerForm } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';

const fields = z.object({
  domain: z.string().min(1).max(253),
  text: z.string().max(10_000).default(''),
  html: z.string().max(50_000).default(''),
  for: z.enum(['outside', 'everyone']),
});

export async function saveFooterAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('domains');
  return answerForm(fields, form, async ({ domain, ...footer }) => {
    const wanted = await requireDomainOf(staff, domain);
    await writeFooter(wanted.name, footer, staff.address);
    revalidatePath('/admin/domains', 'layout');
    const isEmpty = footer.text.trim() === '' && footer.html.trim() === '';
    return { status: 'ok', text: isEmpty ? 'Mail has no footer' : 'Footer saved' };
  });
}
