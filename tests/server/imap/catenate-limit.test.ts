// CATENATE within limits: pieces that are here already count like those that come (RFC 4469 §4), and what was refused
// leaves nothing.
import { after, before, describe, it } from 'node:test';
import { writeSetting } from '#lib/settings/index.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

describe('IMAP CATENATE limits', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
    await writeSetting('smtp.messageSizeBytes', 100_000, 'test');
  });
  after(() => server.close());

  async function play(name: string, quotaBytes: number | undefined, lines: string[]) {
    const user = await server.addUser(name, quotaBytes);
    const start = ['A< * OK ...', `A> a LOGIN ${user.address} "${password}"`, 'A< a OK ...'];
    const text = [...start, ...lines].join('\n');
    await playTranscript(text, name, { connect: () => server.connect() });
  }

  const fill = ['A> b APPEND INBOX {60000+}', `A: raw ${'x'.repeat(60_000)}\\r\\n`, 'A< b OK ...'];

  it('a message of pieces is no larger than others', () =>
    play('large', undefined, [
      ...fill,
      'A> c APPEND INBOX CATENATE (URL "/INBOX/;UID=1" URL "/INBOX/;UID=1")',
      'A< c NO [TOOBIG] ...',
      'A> d APPEND INBOX CATENATE (TEXT {40001+}',
      `A: raw ${'y'.repeat(40_001)} URL "/INBOX/;UID=1")\\r\\n`,
      'A< d NO [TOOBIG] ...',
      'A> e APPEND INBOX CATENATE (TEXT {60000+}',
      `A: raw ${'y'.repeat(60_000)} TEXT {40001+}\\r\\n${'z'.repeat(40_001)})\\r\\n`,
      'A< e NO [TOOBIG] ...',
      'A> f STATUS INBOX (MESSAGES)',
      'A< * STATUS INBOX (MESSAGES 1)',
      'A< f OK ...',
      'A> g APPEND INBOX CATENATE (TEXT {40000+}',
      `A: raw ${'y'.repeat(40_000)} URL "/INBOX/;UID=1")\\r\\n`,
      'A< g OK [APPENDUID ...',
    ]));

  it('the quota counts the whole of it', () =>
    play('full', 100_000, [
      ...fill,
      'A> c APPEND INBOX CATENATE (URL "/INBOX/;UID=1" TEXT {1+}',
      'A: raw !)\\r\\n',
      'A< c NO [OVERQUOTA] ...',
      'A> d APPEND INBOX CATENATE (URL "/INBOX/;UID=1/;PARTIAL=0.40000")',
      'A< d OK [APPENDUID ...',
    ]));

  it('more pieces than allowed are a mistake', () =>
    play('many', undefined, [
      ...fill,
      `A> c APPEND INBOX CATENATE (${Array(501).fill('URL "/INBOX/;UID=1/;PARTIAL=0.1"').join(' ')})`,
      'A< c BAD ...',
      `A> d APPEND INBOX CATENATE (${Array(500).fill('URL "/INBOX/;UID=1/;PARTIAL=0.1"').join(' ')})`,
      'A< d OK [APPENDUID ...',
      'A> e STATUS INBOX (SIZE)',
      'A< * STATUS INBOX (SIZE 60500)',
      'A< e OK ...',
    ]));
});
