// Of what the web app's process says of sign-ins, only what is one is counted.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { signedIn } from '#server/web/messages.ts';

it('takes what is a sign-in', () => {
  const told = { kind: 'signed-in', protocol: 'api', result: 'throttled' };
  assert.deepEqual(signedIn.safeParse(told).data, told);
});

it('takes nothing else', () => {
  const rubbish = [
    null,
    'signed-in',
    { kind: 'prepared' },
    { kind: 'signed-in' },
    { kind: 'signed-in', protocol: 'imap', result: 'ok' },
    { kind: 'signed-in', protocol: 'web', result: 'joe@own.test' },
    { kind: 'signed-in', protocol: ['web'], result: 'ok' },
  ];
  for (const one of rubbish) assert.equal(signedIn.safeParse(one).success, false);
});
