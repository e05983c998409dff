// What an account answers while its owner is away: read, kept, and whom it may answer (RFC 3834).
import { z } from 'zod';
import { tellUserIn } from '../accounts/told-user.ts';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { recordChangeIn } from '../trail/change.ts';

export const audiences = ['anyone', 'contacts', 'domain'] as const;

const date = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const vacationSchema = z
  .object({
    isOn: z.boolean(),
    startsAt: date.nullable().default(null),
    endsAt: date.nullable().default(null),
    subject: z.string().trim().max(200).default(''),
    text: z.string().max(10_000, 'At most 10,000 characters.').default(''),
    intervalDays: z.int().min(1).max(30).default(7),
    audience: z.enum(audiences).default('anyone'),
  })
  .refine(({ isOn, text }) => !isOn || text.trim() !== '', {
    message: 'Write what people are told.',
    path: ['text'],
  })
  .refine(({ startsAt, endsAt }) => !startsAt || !endsAt || startsAt < endsAt, {
    message: 'The end comes before the start.',
    path: ['endsAt'],
  });

export type Vacation = z.infer<typeof vacationSchema>;

const none: Vacation = {
  isOn: false,
  startsAt: null,
  endsAt: null,
  subject: '',
  text: '',
  intervalDays: 7,
  audience: 'anyone',
};

/** What is set; off where nothing ever was. */
export async function readVacation(accountId: string): Promise<Vacation> {
  const row = await db.vacation.findUnique({ where: { accountId } });
  if (!row) return none;
  const { updatedAt: _updatedAt, accountId: _accountId, ...vacation } = row;
  const audience = ['contacts', 'domain'].includes(row.audience) ? row.audience : 'anyone';
  return { ...vacation, audience: audience as Vacation['audience'] };
}

/** Keeps it; everybody may be told again where it was off before or says something else. `by`: an administrator. Refusal 'invalid'. */
export async function saveVacation(
  accountId: string,
  input: unknown,
  by?: string,
): Promise<Vacation> {
  const parsed = vacationSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal('invalid', issue?.message ?? 'This does not fit.', issue?.path.join('.'));
  }
  const vacation = parsed.data;
  await write(async (tx) => {
    const former = await tx.vacation.findUnique({ where: { accountId } });
    const isNew = !former?.isOn || former.text !== vacation.text;
    const row = { ...vacation, updatedAt: now() };
    await tx.vacation.upsert({
      where: { accountId },
      create: { accountId, ...row },
      update: row,
    });
    if (isNew && vacation.isOn) await tx.vacationAnswer.deleteMany({ where: { accountId } });
    const account = await tx.account.findUnique({ where: { id: accountId } });
    const address = account?.address ?? '';
    const text = vacation.isOn ? 'on' : 'off';
    if (by !== undefined) {
      await recordChangeIn(tx, by, `user ${address}`, `vacation answer ${text}`);
      await tellUserIn(tx, { id: accountId, address }, by, 'admin-vacation', text);
    } else if (vacation.isOn !== (former?.isOn ?? false)) {
      await recordChangeIn(tx, address, 'vacation answer', text);
    }
  });
  return vacation;
}

/** Switches it off (for administrators); whether it was on. */
export async function switchOffVacation(accountId: string, by: string): Promise<boolean> {
  return write(async (tx) => {
    const { count } = await tx.vacation.updateMany({
      where: { accountId, isOn: true },
      data: { isOn: false, updatedAt: now() },
    });
    const account = await tx.account.findUnique({ where: { id: accountId } });
    if (count > 0) await recordChangeIn(tx, by, `vacation answer of ${account?.address}`, 'off');
    return count > 0;
  });
}

/** Whether it answers at `at`. */
export function isAway({ isOn, startsAt, endsAt }: Vacation, at: Date): boolean {
  return isOn && (!startsAt || startsAt <= at) && (!endsAt || at < endsAt);
}
