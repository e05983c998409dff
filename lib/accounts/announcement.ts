// What administrators tell all users of some domains: a banner in the webmail until a date, a mail into every mailbox, or both.
// The daemon delivers the mail in pieces (server/jobs/announce.ts).
import { now } from '../clock.ts';
import { db, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Recorded, revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { recordChangeIn } from '../trail/change.ts';

export type AnnouncementLevel = 'info' | 'warning';

export type Announcement = {
  id: string;
  level: AnnouncementLevel;
  text: string;
  /** Names; none = all */
  domains: string[];
  /** The banner is shown before that; null = there is none */
  until: Date | null;
  /** Of the mail; empty = none */
  subject: string;
  mail: '' | 'waiting' | 'done' | 'stopped';
  mailed: number;
  by: string;
  createdAt: Date;
};

export type NewAnnouncement = Pick<
  Announcement,
  'level' | 'text' | 'domains' | 'until' | 'subject'
>;

const maxTextLength = 10_000;
const maxSubjectLength = 200;
/** In the webmail at once. */
const maxBanners = 5;

/** Key: its id. How far its mail is, is no change. */
export const recordedAnnouncement: Recorded = {
  kind: 'announcement',
  read: async (tx, id) => {
    const row = await tx.announcement.findUnique({ where: { id } });
    if (!row) return null;
    const { level, text, domains, until, subject, mail } = row;
    return {
      ...{ level, text, subject },
      domains: domains.split(' ').filter(Boolean),
      until: until?.toISOString() ?? null,
      isStopped: mail === 'stopped',
    };
  },
  describe: (_id, { text }) => `announcement “${String(text).replace(/\s+/g, ' ').slice(0, 60)}”`,
};

type Row = NonNullable<Awaited<ReturnType<typeof db.announcement.findUnique>>>;

function toAnnouncement({ lastAccountId: _hidden, ...row }: Row): Announcement {
  return {
    ...row,
    level: row.level as AnnouncementLevel,
    mail: row.mail as Announcement['mail'],
    domains: row.domains.split(' ').filter(Boolean),
  };
}

/** The newest first. */
export async function listAnnouncements(most = 50): Promise<Announcement[]> {
  const rows = await db.announcement.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: most,
  });
  return rows.map(toAnnouncement);
}

/** Refusal 'not-found'. */
export async function readAnnouncement(id: string): Promise<Announcement> {
  return toAnnouncement(await requireRow(db, id));
}

/** Refusal 'invalid' with the field. */
export async function addAnnouncement(input: NewAnnouncement, by: string): Promise<Announcement> {
  const text = input.text.trim().replaceAll('\r\n', '\n');
  const subject = input.subject.trim().replace(/\s+/g, ' ');
  if (text === '') throw new Refusal('invalid', 'Write what is to be told.', 'text');
  if (text.length > maxTextLength) {
    throw new Refusal('invalid', `At most ${maxTextLength} characters.`, 'text');
  }
  if (subject.length > maxSubjectLength) {
    throw new Refusal('invalid', `At most ${maxSubjectLength} characters.`, 'subject');
  }
  if (input.until === null && subject === '') {
    throw new Refusal('invalid', 'Choose a banner, a mail, or both.', 'channel');
  }
  if (input.until && input.until <= now()) {
    throw new Refusal('invalid', 'Choose a time to come.', 'until');
  }
  await requireDomains(input.domains);
  const data = {
    id: newId(),
    level: input.level,
    text,
    domains: input.domains.join(' '),
    until: input.until,
    subject,
    mail: subject === '' ? '' : 'waiting',
    by,
    createdAt: now(),
  };
  const row = await revise(by, recordedAnnouncement, data.id, async (tx) => {
    const where = input.domains.length > 0 ? input.domains.join(', ') : 'all domains';
    await recordChangeIn(tx, by, 'announcement', `to ${where}: ${text.slice(0, 200)}`);
    return tx.announcement.create({ data });
  });
  poke('announcements');
  return toAnnouncement(row);
}

async function requireDomains(names: string[]): Promise<void> {
  const known = await db.domain.findMany({
    where: { name: { in: names } },
    select: { name: true },
  });
  const missing = names.find((name) => !known.some((each) => each.name === name));
  if (missing) throw new Refusal('not-found', `There is no domain ${missing} here.`, 'domains');
}

/** The banner goes at once, and no more mail is delivered. Refusal 'not-found'. */
export async function endAnnouncement(id: string, by: string): Promise<void> {
  await revise(by, recordedAnnouncement, id, async (tx) => {
    const row = await requireRow(tx, id);
    const until = row.until && row.until > now() ? now() : row.until;
    const mail = row.mail === 'waiting' ? 'stopped' : row.mail;
    await tx.announcement.update({ where: { id }, data: { until, mail } });
    await recordChangeIn(tx, by, 'announcement', `ended: ${row.text.slice(0, 200)}`);
  });
  poke('announcements');
}

/**
 * Moves the end of the banner; stops the mail, or lets it go on to those who do not have it yet. Refusal 'not-found'.
 */
export async function moveAnnouncementEnd(
  id: string,
  { until, isStopped }: { until?: Date | null; isStopped?: boolean },
  by: string,
): Promise<void> {
  await revise(by, recordedAnnouncement, id, async (tx) => {
    const row = await requireRow(tx, id);
    const isOther = isStopped !== undefined && ['waiting', 'stopped'].includes(row.mail);
    const mail = isOther ? (isStopped ? 'stopped' : 'waiting') : undefined;
    await tx.announcement.update({ where: { id }, data: { until, mail } });
    await recordChangeIn(tx, by, 'announcement', `ends otherwise: ${row.text.slice(0, 200)}`);
  });
  poke('announcements');
}

async function requireRow(source: Pick<Tx, 'announcement'>, id: string): Promise<Row> {
  const row = await source.announcement.findUnique({ where: { id } });
  if (row) return row;
  throw new Refusal('not-found', 'There is no such announcement.');
}

/** Away with it. Refusal 'not-found'. */
export async function removeAnnouncement(id: string, by: string): Promise<void> {
  await revise(by, recordedAnnouncement, id, async (tx) => {
    const { count } = await tx.announcement.deleteMany({ where: { id } });
    if (count === 0) throw new Refusal('not-found', 'There is no such announcement.');
    await recordChangeIn(tx, by, 'announcement', 'removed');
  });
  poke('announcements');
}

export type Banner = Pick<Announcement, 'id' | 'level' | 'text'>;

/** Those that are shown now, the newest first. */
export async function listShown(): Promise<Announcement[]> {
  const rows = await db.announcement.findMany({
    where: { until: { gt: now() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  return rows.map(toAnnouncement);
}

/** Which of these a user of the address reads, without those that the user has closed. Pure. */
export function chooseBanners(shown: Announcement[], address: string, closed: string[]): Banner[] {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return shown
    .filter(({ domains }) => domains.length === 0 || domains.includes(domain))
    .filter(({ id }) => !closed.includes(id))
    .slice(0, maxBanners)
    .map(({ id, level, text }) => ({ id, level, text }));
}

/** What a user of the address reads now. */
export async function listBanners(address: string, closed: string[]): Promise<Banner[]> {
  return chooseBanners(await listShown(), address, closed);
}
