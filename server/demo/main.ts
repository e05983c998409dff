// `npm run demo`: two users with some hundred messages, so that a newcomer sees a living mailbox. It works
// on a stopped or a running server, and does nothing to a domain of its own that is there already.
import '#server/cli/quiet.ts';
import MailComposer from 'nodemailer/lib/mail-composer';
import { addAccount, findAccount } from '#lib/accounts/account.ts';
import { addDomain, findDomain } from '#lib/accounts/domain.ts';
import { isSetUp, setUpWithoutToken } from '#lib/accounts/setup.ts';
import { closeDatabase } from '#lib/db.ts';
import { localWebUrl } from '#lib/settings/wanted.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openData } from '#server/data-folder.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { FLAG } from '#server/store/flags.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { makeAttachment } from './attachments.ts';
import { conversations, notes } from './conversations.ts';
import { newsletters } from './newsletters.ts';
import { ada, ben, others, type Person } from './people.ts';
import { furnishWebmail } from './webmail.ts';

/** For a play-ground on loopback; the last line tells it to whoever runs the demo. */
const password = 'acorns under deep snow';
const dayMs = 24 * 3600_000;
const copiesOfNotes = 14;

type Letter = {
  from: Person;
  to: Person[];
  cc: Person[];
  subject: string;
  text: string;
  html?: string;
  attachments: string[];
  at: Date;
  messageId: string;
  references: string[];
  listId?: string;
};

const people: Record<string, Person> = { ada, ben, ...others };
const personOf = (key: string) => people[key] as Person;

/** The same "random" numbers at each run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
const random = makeRandom(20_261_121);
let serial = 0;

function nextMessageId(from: Person): string {
  serial += 1;
  return `<demo-${serial}@${from.address.split('@')[1]}>`;
}

function writeConversations(until: Date): Letter[] {
  return conversations.flatMap((conversation, index) => {
    const references: string[] = [];
    let at =
      until.getTime() - (index * 1.3 + 0.2) * dayMs - conversation.turns.length * 3 * 3600_000;
    return conversation.turns.map((turn, place): Letter => {
      at += (1 + random() * 2.5) * 3600_000;
      const from = personOf(turn.from);
      const letter: Letter = {
        from,
        to: turn.to.map(personOf),
        cc: (turn.cc ?? []).map(personOf),
        subject: place === 0 ? conversation.subject : `Re: ${conversation.subject}`,
        text: turn.text,
        attachments: turn.attachments ?? [],
        at: new Date(Math.min(at, until.getTime() - 60_000)),
        messageId: nextMessageId(from),
        references: [...references],
      };
      references.push(letter.messageId);
      return letter;
    });
  });
}

function writeNotes(until: Date): Letter[] {
  return Array.from({ length: copiesOfNotes }, (_, round) => round).flatMap((round) =>
    notes.map((note, index): Letter => {
      const from = personOf(note.from);
      const to = from === ada ? ben : from === ben ? ada : random() < 0.5 ? ada : ben;
      const at = new Date(until.getTime() - (round * 16 + index * 1.1 + random()) * dayMs);
      const subject =
        round === 0 ? note.subject : `${note.subject} (${at.toISOString().slice(0, 7)})`;
      return {
        from,
        to: [to],
        cc: [],
        subject,
        text: note.text,
        attachments: [],
        at,
        messageId: nextMessageId(from),
        references: [],
      };
    }),
  );
}

function writeNewsletters(until: Date): Letter[] {
  return Array.from({ length: 24 }, (_, index): Letter => {
    const letter = newsletters[index % newsletters.length] as (typeof newsletters)[number];
    const issue = Math.floor(index / newsletters.length);
    return {
      from: letter.from,
      to: [index % 3 === 0 ? ben : ada],
      cc: [],
      subject: issue === 0 ? letter.subject : `${letter.subject} · issue ${40 - issue}`,
      text: letter.text,
      html: letter.html,
      attachments: [],
      at: new Date(until.getTime() - (index * 3.4 + 0.4 + random()) * dayMs),
      messageId: nextMessageId(letter.from),
      references: [],
      listId: `<letter.${letter.from.address.split('@')[1]}>`,
    };
  });
}

function composeLetter(letter: Letter): Promise<Buffer> {
  const lastReference = letter.references.at(-1);
  return new MailComposer({
    from: letter.from,
    to: letter.to,
    cc: letter.cc,
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    date: letter.at,
    messageId: letter.messageId,
    inReplyTo: lastReference,
    references: letter.references,
    list: letter.listId
      ? { id: letter.listId.slice(1, -1), unsubscribe: 'https://example.test/unsubscribe' }
      : undefined,
    attachments: letter.attachments.map(makeAttachment),
  })
    .compile()
    .build();
}

/** Where a letter lies in a user's folders, and with which flags; null: not in this user's mail. */
function placeOf(
  letter: Letter,
  user: Person,
  until: Date,
): { mailbox: string; flags: number } | null {
  const ageDays = (until.getTime() - letter.at.getTime()) / dayMs;
  if (letter.from === user) return { mailbox: 'Sent', flags: FLAG.seen };
  if (![...letter.to, ...letter.cc].includes(user)) return null;
  const flags =
    (ageDays > 2 || random() < 0.4 ? FLAG.seen : 0) |
    (random() < 0.08 ? FLAG.flagged : 0) |
    (letter.references.length > 0 && random() < 0.5 ? FLAG.answered : 0);
  const mailbox = letter.listId && ageDays > 30 ? 'Trash' : ageDays > 60 ? 'Archive' : 'INBOX';
  return { mailbox, flags: mailbox === 'INBOX' ? flags : flags | FLAG.seen };
}

async function fill(
  accountId: string,
  user: Person,
  letters: Letter[],
  until: Date,
): Promise<number> {
  await ensureMailboxes(accountId);
  const byMailbox = new Map<string, NewMessage[]>();
  for (const letter of letters) {
    const place = placeOf(letter, user, until);
    if (!place) continue;
    const trace = `Return-Path: <${letter.from.address}>\r\nDelivered-To: ${user.address}\r\n`;
    const message: NewMessage = {
      body: await stageBytes(await composeLetter(letter)),
      prefix: Buffer.from(place.mailbox === 'Sent' ? '' : trace),
      flags: place.flags,
      keywords: /library/i.test(letter.subject) ? ['library'] : [],
      internalDate: letter.at,
    };
    byMailbox.set(place.mailbox, [...(byMailbox.get(place.mailbox) ?? []), message]);
  }
  let count = 0;
  for (const [name, messages] of byMailbox) {
    const mailbox = await findMailbox(accountId, name);
    if (!mailbox) throw new Error(`${user.address} has no ${name}`);
    await appendMessages(accountId, mailbox.id, messages);
    count += messages.length;
  }
  return count;
}

await openData();
if (await findDomain('demo.test')) {
  console.log(
    'The demo is here already (domain demo.test). Remove its users and the domain to have it made again.',
  );
} else {
  const until = new Date();
  const by = 'demo';
  if (!(await isSetUp())) {
    await setUpWithoutToken({ address: ada.address, password, displayName: ada.name });
  } else {
    await addDomain({ name: 'demo.test', comment: 'Made by npm run demo' }, by);
  }
  for (const user of [ada, ben]) {
    if (!(await findAccount(user.address))) {
      await addAccount({ address: user.address, password, displayName: user.name }, by);
    }
  }
  const letters = [
    ...writeConversations(until),
    ...writeNotes(until),
    ...writeNewsletters(until),
  ].sort((one, other) => one.at.getTime() - other.at.getTime());
  for (const user of [ada, ben]) {
    const account = await findAccount(user.address);
    if (!account) throw new Error(`${user.address} is missing`);
    console.log(`${user.address}: ${await fill(account.id, user, letters, until)} messages`);
    await furnishWebmail(account.id, user);
  }
  console.log(
    `Sign in at ${await localWebUrl()} as ${ada.address} or ${ben.address}, password "${password}".`,
  );
}
await flushTrail();
await closeDatabase();
