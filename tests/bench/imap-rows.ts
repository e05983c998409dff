// What is timed: each row does one thing on a connection that has the mailbox selected, and puts things back.
import type { Answer, BenchClient } from './imap-client.ts';
import { makeMail, needles } from './imap-mail.ts';

export type Place = {
  client: BenchClient;
  mailbox: string;
  /** Messages in it. */
  size: number;
  /** Messages of one STORE, COPY, … */
  many: number;
  /** Counts up, so that a row may do another thing each time. */
  run: number;
};

export type Row = {
  name: string;
  /** Time of Drey by that of the peer, at most. */
  goal: number;
  /** Times it is done, where that is another number than of most. What takes less than a millisecond is done often:
   *  the first hundreds of times measure how V8 compiles, which a server does once in its life; the first nine are
   *  told beside. */
  runs?: number;
  /** A capability that a server must have, else the row is left out there. */
  needs?: string;
  step(place: Place): Promise<Answer>;
};

const ask =
  (command: string) =>
  ({ client }: Place) =>
    client.ask(command);

const headerFields =
  'BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC SUBJECT MESSAGE-ID REFERENCES CONTENT-TYPE X-PRIORITY)]';

/** Numbers of the `many` in the middle. */
function middle({ size, many }: Place): string {
  const first = Math.max(1, Math.floor(size / 2));
  return `${first}:${Math.min(size, first + many - 1)}`;
}

/** Copies of the first ones to the end of the mailbox, for what takes messages away. */
async function addCopies({ client, mailbox, many }: Place): Promise<void> {
  await client.ask(`COPY 1:${many} ${mailbox}`);
  await client.ask('NOOP');
}

async function move(place: Place): Promise<Answer> {
  await addCopies(place);
  return place.client.ask(`MOVE ${place.size + 1}:${place.size + place.many} Scratch`);
}

async function expunge(place: Place): Promise<Answer> {
  await addCopies(place);
  const { client, size } = place;
  await client.ask(`STORE ${size + 1}:* +FLAGS.SILENT (\\Deleted)`);
  return client.ask('EXPUNGE');
}

/** One after the other, each durable before the next is sent. */
async function append({ client, many, run }: Place): Promise<Answer> {
  const mails = Array.from({ length: many }, (_, index) =>
    makeMail(2_000_000 + run * many + index, 4_000_000),
  );
  const started = performance.now();
  let bytes = 0;
  let line = '';
  for (const mail of mails) {
    const answer = await client.ask([
      `APPEND Scratch ${mail.flags} ${mail.date} {${mail.bytes.length}+}\r\n`,
      mail.bytes,
    ]);
    bytes += answer.bytes;
    line = answer.line;
  }
  return { ms: performance.now() - started, bytes, line };
}

const quickRuns = 5000;

export const rows: readonly Row[] = [
  {
    name: 'SELECT, warm',
    goal: 1,
    runs: quickRuns,
    step: ({ client, mailbox }) => client.ask(`SELECT ${mailbox}`),
  },
  { name: 'FETCH 1:* (FLAGS)', goal: 1.5, step: ask('FETCH 1:* (FLAGS)') },
  {
    name: 'FETCH 1:* (UID FLAGS ENVELOPE …)',
    goal: 1.5,
    step: ask('FETCH 1:* (UID FLAGS ENVELOPE INTERNALDATE RFC822.SIZE)'),
  },
  {
    name: '50 newest, BODYSTRUCTURE and fields',
    goal: 1,
    runs: quickRuns,
    step: ({ client, size }) =>
      client.ask(
        `FETCH ${Math.max(1, size - 49)}:${size} (UID FLAGS RFC822.SIZE INTERNALDATE BODYSTRUCTURE ${headerFields})`,
      ),
  },
  { name: 'SEARCH UNSEEN', goal: 1, runs: quickRuns, step: ask('SEARCH UNSEEN') },
  { name: 'SEARCH SUBJECT', goal: 0.5, step: ask(`SEARCH SUBJECT ${needles.subject}`) },
  { name: 'SEARCH BODY', goal: 0.1, runs: 1, step: ask(`SEARCH BODY ${needles.rare}`) },
  { name: 'SORT (ARRIVAL)', goal: 1, step: ask('SORT (ARRIVAL) UTF-8 ALL') },
  { name: 'SORT (SUBJECT)', goal: 1, step: ask('SORT (SUBJECT) UTF-8 ALL') },
  { name: 'SORT (DATE)', goal: 1, step: ask('SORT (DATE) UTF-8 ALL') },
  {
    name: 'THREAD REFERENCES',
    goal: 1,
    needs: 'THREAD=REFERENCES',
    step: ask('THREAD REFERENCES UTF-8 ALL'),
  },
  {
    name: 'BODY.PEEK[] of 1,000',
    goal: 1.2,
    step: (place) => place.client.ask(`FETCH ${middle(place)} (BODY.PEEK[])`),
  },
  {
    name: 'STORE of 1,000',
    goal: 1,
    runs: 40,
    step: (place) =>
      place.client.ask(
        `STORE ${middle(place)} ${place.run % 2 === 0 ? '+' : '-'}FLAGS (\\Flagged)`,
      ),
  },
  {
    name: 'COPY of 1,000',
    goal: 1,
    step: (place) => place.client.ask(`COPY ${middle(place)} Scratch`),
  },
  { name: 'MOVE of 1,000', goal: 1, runs: 3, step: move },
  { name: 'EXPUNGE of 1,000', goal: 1, runs: 3, step: expunge },
  { name: 'APPEND of 1,000', goal: 0.8, runs: 3, step: append },
];
