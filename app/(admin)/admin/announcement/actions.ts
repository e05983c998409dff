'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import {
  addAnnouncement,
  endAnnouncement,
  removeAnnouncement,
} from '#lib/accounts/announcement.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(100);
const tick = z.string().default('');

const fields = z.object({
  level: z.enum(['info', 'warning']),
  text: z.string().max(20_000),
  domains: z.string().max(10_000).default(''),
  isBanner: tick,
  /** Of an input of the kind "datetime-local", with the offset of the browser's zone behind it */
  until: z.string().max(40).default(''),
  isMail: tick,
  subject: z.string().max(1000).default(''),
});

/** Tells it. */
export async function addAnnouncementAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(
    fields,
    form,
    async (given): Promise<FormState> => {
      const until = given.isBanner === '' ? null : new Date(given.until);
      if (until && Number.isNaN(until.getTime())) {
        return { status: 'error', fields: { untilText: 'Say until when.' } };
      }
      if (given.isMail !== '' && given.subject.trim() === '') {
        return { status: 'error', fields: { subject: 'A mail wants a subject.' } };
      }
      await addAnnouncement(
        {
          level: given.level,
          text: given.text,
          domains: given.domains
            .toLowerCase()
            .split(/[\s,]+/)
            .filter(Boolean),
          until,
          subject: given.isMail === '' ? '' : given.subject,
        },
        admin.address,
      );
      revalidatePath('/admin/announcement');
      return { status: 'ok', text: 'Told' };
    },
    { until: 'untilText' },
  );
}

/** No banner and no more mail from now on. */
export async function endAnnouncementAction(which: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await endAnnouncement(id.parse(which), admin.address);
    revalidatePath('/admin/announcement');
  });
}

export async function removeAnnouncementAction(which: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeAnnouncement(id.parse(which), admin.address);
    revalidatePath('/admin/announcement');
  });
}
