// New signing keys in time (the setting delivery.dkimRotateDays): a domain whose keys are old enough gets a further pair,
// administrators get a letter with the records to publish, and once these are in the DNS the new pair signs. The old
// one goes a week later, when no mail that it signed can be on its way. A domain that does not sign is left alone.
//
// Invariant: no key signs before its record was seen. Two processes may run it: the second finds it done.
import {
  activateDkimKeys,
  createDkimKeys,
  type DkimKey,
  listDkimKeys,
  removeDkimKey,
} from '#lib/accounts/dkim-key.ts';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { readSetting } from '#lib/settings/index.ts';
import {
  insertLetters,
  listAdministrators,
  pokeLetters,
  type Words,
  writeLetter,
} from '../letter.ts';
import { checkDkimRecords } from './check.ts';

const log = logOf('sign');
/** How the trail names who did it. */
const by = 'key rotation';
const dayMs = 86_400_000;
/** Who has not published the records hears of it again. */
const remindDays = 7;
const publishReason = 'dkim-publish';

export type Rotated = { made: number; activated: number; removed: number };

/** One look at all domains that sign. */
export async function rotateDkimKeys(): Promise<Rotated> {
  const done = { made: 0, activated: 0, removed: 0 };
  const days = await readSetting('delivery.dkimRotateDays');
  if (days === 0) return done;
  const rows = await db.$queryRaw<{ name: string }[]>`SELECT DISTINCT d."name" AS "name"
    FROM "DkimKey" k JOIN "Domain" d ON d."id" = k."domainId" WHERE k."state" = 'active'`;
  for (const { name } of rows) {
    try {
      await rotateDomain(name, days, done);
    } catch (error) {
      // Somebody else was faster.
      if (!isRefusal(error)) log.error({ err: error, domain: name }, 'keys could not be rotated');
    }
  }
  return done;
}

async function rotateDomain(domain: string, days: number, done: Rotated): Promise<void> {
  const keys = await listDkimKeys(domain);
  for (const { selector, mayGoAt } of keys.filter(({ state }) => state === 'old')) {
    if (mayGoAt === null || mayGoAt > now()) continue;
    await removeDkimKey(domain, selector, by);
    done.removed++;
  }
  const fresh = keys.filter(({ state }) => state === 'new');
  const active = keys.filter(({ state }) => state === 'active');
  if (fresh.length > 0) {
    done.activated += await activateFresh(domain, fresh, active);
  } else if (active.every(({ activeAt }) => activeAt && activeAt <= fromNow(-days * dayMs))) {
    const made = await createDkimKeys(domain, by);
    done.made += made.length;
    await tell(domain, askToPublish(domain, made, false), publishReason);
  }
}

/** How many sign from now on. A kind that signed before is enough: some DNS hosts cannot hold the other. */
async function activateFresh(domain: string, fresh: DkimKey[], active: DkimKey[]): Promise<number> {
  const verdicts = await checkDkimRecords(domain);
  const isRight = ({ selector, isReadable }: DkimKey) =>
    isReadable && verdicts.get(selector)?.state === 'right';
  const wanted = fresh.filter(({ algorithm }) => active.some((key) => key.algorithm === algorithm));
  if (wanted.length === 0 || !wanted.every(isRight)) {
    await remind(domain, fresh, verdicts);
    return 0;
  }
  const right = fresh.filter(isRight);
  for (const { selector } of right) await activateDkimKeys(domain, selector, verdicts, by);
  for (const { selector } of fresh.filter((key) => !isRight(key))) {
    await removeDkimKey(domain, selector, by);
  }
  await tell(domain, tellActive(domain, right, active), 'dkim-active');
  return right.length;
}

/** Once a week, and where the letter about new keys was lost. */
async function remind(
  domain: string,
  fresh: DkimKey[],
  verdicts: Map<string, RecordVerdict>,
): Promise<void> {
  const told = await db.trailEvent.findFirst({
    where: {
      reason: publishReason,
      sender: `postmaster@${domain}`,
      at: { gt: fromNow(-remindDays * dayMs) },
    },
    select: { id: true },
  });
  if (told) return;
  const missing = fresh.filter(({ selector }) => verdicts.get(selector)?.state !== 'right');
  await tell(domain, askToPublish(domain, missing, true), publishReason);
}

async function tell(domain: string, words: Words, reason: string): Promise<void> {
  const readers = await listAdministrators();
  const letters = await Promise.all(readers.map((reader) => writeLetter(reader, words, domain)));
  await write((tx) => insertLetters(tx, letters, reason));
  pokeLetters(letters);
}

function askToPublish(domain: string, keys: DkimKey[], isAgain: boolean): Words {
  const records = keys.flatMap(({ record }) => [
    '',
    `${record.name}. IN TXT ${record.zoneText.replaceAll('\n', '\r\n')}`,
  ]);
  return {
    subject: `${isAgain ? 'Still to publish' : 'Publish'}: new signing keys of ${domain}`,
    lines: [
      `The keys that sign the mail of ${domain} (DKIM) are due for a change. New ones have`,
      'been made. Please publish these records in the DNS of the domain:',
      ...records,
      '',
      'Nothing else is to be done: the new keys sign as soon as the records are found. Until',
      'then the keys in use go on. Leave their records where they are.',
      '',
      `The same is shown in the admin panel, Domains, ${domain}, and by`,
      `drey dkim list ${domain} --records`,
      '',
      'This message was made by the mail system.',
    ],
  };
}

function tellActive(domain: string, keys: DkimKey[], before: DkimKey[]): Words {
  const list = (some: DkimKey[]) => some.map(({ record }) => `  ${record.name}`);
  return {
    subject: `New keys sign the mail of ${domain}`,
    lines: [
      `The records of the new keys of ${domain} were found. From now on these sign:`,
      '',
      ...list(keys),
      '',
      'Mail that was signed with the keys before may be on its way for some days. A week from',
      'now they are deleted here, and you may remove their records from the DNS:',
      '',
      ...list(before),
      '',
      'This message was made by the mail system.',
    ],
  };
}
