// Mailboxes elsewhere whose mail an account wants here: kept, shown, removed. The password is encrypted with the
// server's secret key and never shown again.
import { z } from 'zod';
import { encryptSecret } from '../accounts/secret.ts';
import { now } from '../clock.ts';
import { db, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { readSettings } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';

export const maxCollections = 10;
/** Stands as lastError while somebody is at it under a lease (due.ts), which must not be taken away. */
export const busyText = '…';
/** The ports of POP3 and IMAP (RFC 8314, RFC 1939, RFC 9051). */
const usualPorts = { pop3: [110, 995], imap: [143, 993] };

const collectionSchema = z.object({
  name: z.string().trim().max(100).default(''),
  protocol: z.enum(['pop3', 'imap']),
  host: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(
      /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]{2,45})$/,
      'Give the name of a server, as in imap.example.org.',
    ),
  port: z.int().min(1).max(65_535),
  tlsMode: z.enum(['implicit', 'required', 'none']),
  username: z
    .string()
    .trim()
    .min(1, 'Give the user name there.')
    .max(254)
    .regex(/^\P{Cc}+$/u),
  /** Left out: the one that is stored. */
  password: z
    .string()
    .min(1)
    .max(500)
    .regex(/^\P{Cc}+$/u)
    .optional(),
  source: z.string().trim().min(1).max(500).default('INBOX'),
  target: z.string().trim().min(1).max(500).default('INBOX'),
  isKept: z.boolean().default(true),
  intervalMinutes: z.int().min(5).max(1440).default(15),
  isDisabled: z.boolean().default(false),
});
export type NewCollection = z.infer<typeof collectionSchema>;

/** As its owner sees it. */
export type Collection = Omit<NewCollection, 'password'> & {
  id: string;
  lastAt: Date | null;
  lastCount: number;
  lastError: string;
  nextAt: Date;
};

/** Those of an account, the oldest first. */
export async function listCollections(accountId: string): Promise<Collection[]> {
  const rows = await db.collection.findMany({
    where: { accountId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    omit: { secret: true, accountId: true, failures: true, createdAt: true },
  });
  return rows as Collection[];
}

/**
 * Keeps one: that of `id`, or a new one, and looks there at once. Refusal 'invalid' with the field, 'limit', 'not-found',
 * 'forbidden' where collecting is switched off. `by`: an administrator; left out: the user.
 */
export async function saveCollection(
  accountId: string,
  input: unknown,
  id: string | null = null,
  by?: string,
): Promise<string> {
  const parsed = collectionSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal('invalid', issue?.message ?? 'This does not fit.', issue?.path.join('.'));
  }
  const { password, ...given } = parsed.data;
  await requireAllowed(given);
  const known = id === null ? null : await requireCollection(accountId, id);
  if (known?.lastError === busyText && known.nextAt > now()) {
    throw new Refusal('in-use', 'Mail is being collected there just now. Try again in a moment.');
  }
  // A stored password goes to the server it was given for and to no other.
  const isElsewhere = known && (known.host !== given.host || known.username !== given.username);
  if (password === undefined && (!known || isElsewhere)) {
    throw new Refusal('invalid', 'Give the password there.', 'password');
  }
  const data = {
    ...given,
    name: given.name || `${given.username} (${given.host})`.slice(0, 100),
    ...(password === undefined ? {} : { secret: encryptSecret(password) }),
    nextAt: now(),
    failures: 0,
    lastError: '',
  };
  const own = id ?? newId();
  await write(async (tx) => {
    if (id === null) {
      if ((await tx.collection.count({ where: { accountId } })) >= maxCollections) {
        throw new Refusal('limit', `At most ${maxCollections} accounts elsewhere.`);
      }
      const secret = data.secret as string;
      await tx.collection.create({
        data: { accountId, id: own, ...data, secret, createdAt: now() },
      });
    } else {
      const { count } = await tx.collection.updateMany({ where: { accountId, id }, data });
      if (count === 0) throw notFound();
    }
    const text = `${given.protocol} ${given.username} at ${given.host}:${given.port}`;
    await recordCollecting(tx, accountId, text, by);
  });
  poke('collections');
  return own;
}

/** Removes one; what it brought stays. Refusal 'not-found'. */
export async function removeCollection(accountId: string, id: string, by?: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.collection.deleteMany({ where: { accountId, id } });
    if (count === 0) throw notFound();
    await tx.collected.deleteMany({ where: { accountId, collectionId: id } });
    await recordCollecting(tx, accountId, 'removed', by);
  });
}

async function recordCollecting(
  tx: Tx,
  accountId: string,
  text: string,
  by?: string,
): Promise<void> {
  const address = (await tx.account.findUnique({ where: { id: accountId } }))?.address ?? '';
  if (by === undefined) return recordChangeIn(tx, address, 'collecting', text);
  await recordChangeIn(tx, by, `user ${address}`, `collecting: ${text}`);
}

/** Looks there now. Refusal 'not-found', 'forbidden' where collecting is switched off. */
export async function collectNow(accountId: string, id: string): Promise<void> {
  const { isDisabled } = await requireCollection(accountId, id);
  if (isDisabled) throw new Refusal('forbidden', 'This account is switched off.');
  const settings = await readSettings();
  if (!settings['delivery.collecting']) throw switchedOff();
  await write((tx) =>
    tx.collection.updateMany({
      where: { accountId, id, lastError: { not: busyText } },
      data: { nextAt: now() },
    }),
  );
  poke('collections');
}

async function requireCollection(accountId: string, id: string) {
  const row = await db.collection.findUnique({ where: { accountId_id: { accountId, id } } });
  if (!row) throw notFound();
  return row;
}

const notFound = () => new Refusal('not-found', 'There is no such account elsewhere.');
const switchedOff = () =>
  new Refusal('forbidden', 'The administrator has switched collecting off.');

async function requireAllowed({
  protocol,
  port,
  isDisabled,
}: Pick<NewCollection, 'protocol' | 'port' | 'isDisabled'>): Promise<void> {
  const settings = await readSettings();
  if (!settings['delivery.collecting'] && !isDisabled) throw switchedOff();
  if (!settings['delivery.collectAnywhere'] && !usualPorts[protocol].includes(port)) {
    const text = `Only the ports ${usualPorts[protocol].join(' and ')} may be used.`;
    throw new Refusal('invalid', text, 'port');
  }
}
