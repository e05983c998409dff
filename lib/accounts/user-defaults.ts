// What new users get where nothing else is said (Webmin's user defaults): of their domain, else of every domain, else of the
// settings. addAccount() asks here, so forms, lines, files, the API and the command line all follow; later changes of the
// defaults leave users alone.
import { db, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Recorded, revise } from '../history/revise.ts';
import { locales } from '../i18n/locales.ts';
import { isTimeZone } from '../settings/time-zone.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type ClosableProtocol, readClosed, writeClosed } from './closed-protocols.ts';
import { requireDomain } from './domain.ts';
import { requireLimit } from './limit.ts';

/** null and empty: nothing is said. */
export type UserDefaults = {
  quotaBytes: number | null;
  quotaMessages: number | null;
  mustChange: boolean | null;
  closedProtocols: ClosableProtocol[] | null;
  /** "de" */
  language: string;
  /** "Europe/Berlin" */
  timeZone: string;
  /** Of a mail into the new mailbox; {name} and {address} are filled in */
  welcomeSubject: string;
  welcomeText: string;
};

/** In the place of a domain: of every one. */
export const everyDomain = '*';

export const nothingSaid: UserDefaults = {
  quotaBytes: null,
  quotaMessages: null,
  mustChange: null,
  closedProtocols: null,
  language: '',
  timeZone: '',
  welcomeSubject: '',
  welcomeText: '',
};

/** Characters of the welcome mail */
export const maxWelcomeSubject = 200;
export const maxWelcomeText = 10_000;

type Row = NonNullable<Awaited<ReturnType<typeof db.userDefaults.findUnique>>>;

function toDefaults({ id: _id, ...row }: Row): UserDefaults {
  return {
    ...row,
    quotaBytes: row.quotaBytes === null ? null : Number(row.quotaBytes),
    quotaMessages: row.quotaMessages === null ? null : Number(row.quotaMessages),
    closedProtocols: row.closedProtocols === null ? null : readClosed(row.closedProtocols),
  };
}

/** Key: the domain, or "*". */
export const recordedUserDefaults: Recorded = {
  kind: 'user defaults',
  read: async (tx, id) => {
    const row = await tx.userDefaults.findUnique({ where: { id } });
    return row && { domain: id, ...toDefaults(row) };
  },
  describe: (id) => `defaults of new users${id === everyDomain ? '' : ` of ${id}`}`,
};

/** What is said for a domain itself, or for "*". */
export async function readUserDefaults(domain: string): Promise<UserDefaults> {
  const row = await db.userDefaults.findUnique({ where: { id: domain } });
  return row ? toDefaults(row) : nothingSaid;
}

/** Where something is said, "*" first. */
export async function listUserDefaults(): Promise<(UserDefaults & { domain: string })[]> {
  const rows = await db.userDefaults.findMany({ orderBy: { id: 'asc' } });
  return rows.map((row) => ({ domain: row.id, ...toDefaults(row) }));
}

/** What holds for a new user of the domain: each field of the domain where it says something, else of "*". */
export async function findUserDefaults(domain: string): Promise<UserDefaults> {
  const [every, own] = [await readUserDefaults(everyDomain), await readUserDefaults(domain)];
  return mergeDefaults(every, own);
}

/** The letter is one: its text does not go below another subject. */
export function mergeDefaults(every: UserDefaults, own: UserDefaults): UserDefaults {
  const letter = own.welcomeSubject === '' ? every : own;
  return {
    quotaBytes: own.quotaBytes ?? every.quotaBytes,
    quotaMessages: own.quotaMessages ?? every.quotaMessages,
    mustChange: own.mustChange ?? every.mustChange,
    closedProtocols: own.closedProtocols ?? every.closedProtocols,
    language: own.language || every.language,
    timeZone: own.timeZone || every.timeZone,
    welcomeSubject: letter.welcomeSubject,
    welcomeText: letter.welcomeText,
  };
}

/** Changes what is given, of a domain or of "*". Refusal 'invalid' with the field, 'not-found' (domain). */
export async function writeUserDefaults(
  domain: string,
  change: Partial<UserDefaults>,
  by: string,
): Promise<UserDefaults> {
  const id = domain === everyDomain ? domain : (await requireDomain(domain)).name;
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  );
  return revise(by, recordedUserDefaults, id, async (tx) => {
    const row = await tx.userDefaults.findUnique({ where: { id } });
    const wanted = checkDefaults({ ...(row ? toDefaults(row) : nothingSaid), ...given });
    await tx.userDefaults.deleteMany({ where: { id } });
    const saysSomething = Object.values(wanted).some((value) => value !== null && value !== '');
    if (saysSomething) await tx.userDefaults.create({ data: { id, ...toRow(wanted) } });
    await recordChangeIn(tx, by, recordedUserDefaults.describe(id, {}), JSON.stringify(given));
    return wanted;
  });
}

function toRow({ quotaBytes, quotaMessages, closedProtocols, ...rest }: UserDefaults) {
  return {
    ...rest,
    quotaBytes: quotaBytes === null ? null : BigInt(quotaBytes),
    quotaMessages: quotaMessages === null ? null : BigInt(quotaMessages),
    closedProtocols: closedProtocols && writeClosed(closedProtocols),
  };
}

/** Refusal 'invalid' with the field. */
function checkDefaults(wanted: UserDefaults): UserDefaults {
  requireLimit(wanted.quotaBytes, 'quotaBytes');
  requireLimit(wanted.quotaMessages, 'quotaMessages');
  const language = wanted.language.trim();
  if (language !== '' && !locales.some((locale) => locale === language)) {
    throw new Refusal('invalid', `Languages are ${locales.join(', ')}.`, 'language');
  }
  const timeZone = wanted.timeZone.trim();
  if (timeZone !== '' && !isTimeZone(timeZone)) {
    throw new Refusal('invalid', 'Give a time zone such as Europe/Berlin.', 'timeZone');
  }
  const welcomeSubject = wanted.welcomeSubject.replace(/\p{Cc}+/gu, ' ').trim();
  const welcomeText = wanted.welcomeText
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd();
  if (welcomeSubject.length > maxWelcomeSubject) {
    throw new Refusal('invalid', `At most ${maxWelcomeSubject} characters.`, 'welcomeSubject');
  }
  if (welcomeText.length > maxWelcomeText) {
    throw new Refusal('invalid', `At most ${maxWelcomeText} characters.`, 'welcomeText');
  }
  if (welcomeText !== '' && welcomeSubject === '') {
    throw new Refusal('invalid', 'Give the welcome mail a subject.', 'welcomeSubject');
  }
  return { ...wanted, language, timeZone, welcomeSubject, welcomeText };
}

/** Language and time zone of a new user, and the letter for the daemon to deliver (server/jobs/welcome.ts). */
export async function giveDefaultsIn(
  tx: Tx,
  account: { id: string; address: string; displayName: string; createdAt: Date },
  { language, timeZone, welcomeSubject, welcomeText }: UserDefaults,
): Promise<void> {
  const accountId = account.id;
  // Names of lib/preferences/display.ts, which stands above this room.
  const chosen = Object.entries({ 'display.language': language, 'display.timeZone': timeZone });
  for (const [name, value] of chosen) {
    if (value === '') continue;
    await tx.preference.create({ data: { accountId, name, value: JSON.stringify(value) } });
  }
  if (welcomeSubject === '') return;
  const fill = (text: string) =>
    text
      .replaceAll('{address}', () => account.address)
      .replaceAll('{name}', () => account.displayName || account.address);
  const letter = { subject: fill(welcomeSubject), text: fill(welcomeText) };
  await tx.welcome.create({ data: { accountId, ...letter, createdAt: account.createdAt } });
}
