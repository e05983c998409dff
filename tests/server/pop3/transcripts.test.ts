// Plays the dialogues of tests/transcripts/pop3, each with a user of its own who has three messages.
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTranscript } from '#tests/support/transcript.ts';
import { type Fixture, openFixture, password } from './fixture.ts';

const folder = join(import.meta.dirname, '../../transcripts/pop3');
const messages = [1, 2, 3].map(
  (number) => `Subject: message ${number}\r\n\r\ntext\r\n.dots here\r\n`,
);
let fixture: Fixture;

before(async () => {
  fixture = await openFixture();
});
after(() => fixture.close());

describe('POP3 dialogues', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    it(file, async () => {
      const { address } = await fixture.addUser(messages);
      await runTranscript(join(folder, file), {
        connect: () => connect({ port: fixture.ports.pop3, host: '127.0.0.1' }),
        variables: {
          user: address,
          password,
          plain: Buffer.from(`\0${address}\0${password}`).toString('base64'),
          user64: Buffer.from(address).toString('base64'),
          password64: Buffer.from(password).toString('base64'),
        },
      });
    });
  }
});
