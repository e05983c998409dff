// Every kind of server on the other side, one a row: what it answers at each step, that it drops the connection there, goes
// slowly, or says what is not true. What comes of it for two recipients, and that nothing is sent twice by one attempt.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverRemote } from '#server/delivery/outbound/remote.ts';
import { tlsPolicyOf } from '#server/delivery/tls/tls-policy.ts';
import { type Play, type Step, startPeer } from '#tests/support/smtp-peer.ts';

type Row = [
  why: string,
  play: Play,
  /** "kind code status" of bob and eve */
  expected: [string, string],
  /** Messages that the server has taken */
  taken?: number,
];

const at =
  (step: Step, reply: string): Play =>
  (now) =>
    now === step ? reply : undefined;
const lost = 'deferred 0 4.4.2';
const both = (text: string): [string, string] => [text, text];
const notBob =
  (reply: string): Play =>
  (step, line) =>
    step === 'rcpt' && line.includes('bob') ? reply : undefined;

const offerTls =
  (reply: string): Play =>
  (step, line) => {
    if (step === 'ehlo') return '250-peer.test\n250 STARTTLS';
    return line === 'STARTTLS' ? reply : undefined;
  };

/** Each reply a while after the command. */
const slowly: Play = async (step) => {
  await sleep(20);
  return step === 'ehlo' ? '250-slow.test\n250 PIPELINING' : undefined;
};

const rows: Row[] = [
  ['all well', () => undefined, both('delivered 250 2.0.0'), 1],
  ['slow at every step', slowly, both('delivered 250 2.0.0'), 1],
  [
    'no EHLO, but HELO',
    (step, line) =>
      line.startsWith('EHLO') ? '502 5.5.1 what?' : step === 'ehlo' ? '250 old.test' : undefined,
    both('delivered 250 2.0.0'),
    1,
  ],
  // 4yz and 5yz at each step
  ['greets with 421', at('greet', '421 4.7.0 too busy'), both('deferred 421 4.3.2')],
  ['greets with 554', at('greet', '554 5.7.1 not you'), both('deferred 554 4.3.2')],
  ['greets with 521 (RFC 7504)', at('greet', '521 5.3.2 no mail here'), both('failed 521 5.3.2')],
  ['MAIL 451', at('mail', '451 4.3.0 later'), both('deferred 451 4.3.0')],
  ['MAIL 550', at('mail', '550 5.7.1 not from you'), both('failed 550 5.7.1')],
  ['RCPT 450 to one', notBob('450 4.2.1 later'), ['deferred 450 4.2.1', 'delivered 250 2.0.0'], 1],
  ['RCPT 550 to one', notBob('550 5.1.1 who?'), ['failed 550 5.1.1', 'delivered 250 2.0.0'], 1],
  ['RCPT 452 to all', at('rcpt', '452 4.5.3 too many'), both('deferred 452 4.5.3')],
  ['RCPT 550 to all', at('rcpt', '550 5.1.1 who?'), both('failed 550 5.1.1')],
  ['DATA 451', at('data', '451 4.3.0 later'), both('deferred 451 4.3.0')],
  ['DATA 554', at('data', '554 5.5.1 no'), both('failed 554 5.5.1')],
  ['451 to the content', at('body', '451 4.7.1 later'), both('deferred 451 4.7.1')],
  ['554 to the content', at('body', '554 5.6.0 spam'), both('failed 554 5.6.0')],
  [
    '552 to the content after a refused recipient',
    (step, line) => (step === 'body' ? '552 5.3.4 too big' : notBob('450 4.2.1 later')(step, line)),
    ['deferred 450 4.2.1', 'failed 552 5.3.4'],
  ],
  // The connection ends at each step
  ['drops at MAIL', at('mail', 'drop'), both(lost)],
  ['drops at RCPT', at('rcpt', 'drop'), both(lost)],
  ['drops at DATA', at('data', 'drop'), both(lost)],
  ['drops after the content: nobody knows, so once more', at('body', 'drop'), both(lost)],
  ['drops at QUIT', at('quit', 'drop'), both('delivered 250 2.0.0'), 1],
  // Answers that are none
  ['a code without words', at('body', '250'), both('delivered 250 2.0.0'), 1],
  [
    'PIPELINING that it cannot: DATA is refused after a recipient',
    (step, line) =>
      step === 'data' ? '503 5.5.1 out of step' : notBob('550 5.1.1 who?')(step, line),
    ['failed 550 5.1.1', 'failed 503 5.5.1'],
  ],
  // A reply that nobody asked for: whose the others are cannot be told, so nobody counts as served. Better twice than never.
  ['one reply too many', at('mail', '250 2.1.0 Ok\n250 2.1.5 Ok'), both('deferred 354 4.5.0'), 1],
  // TLS that is promised and broken: in clear then, where nothing asks for more.
  ['TLS refused with 454', offerTls('454 4.7.0 not now'), both('delivered 250 2.0.0'), 1],
  ['TLS that ends the connection', offerTls('drop'), both('delivered 250 2.0.0'), 1],
];

describe('a server on the other side', () => {
  for (const [why, play, expected, taken = 0] of rows) {
    it(why, async () => {
      const peer = await startPeer(play);
      try {
        const results = await deliverRemote({
          targets: [{ host: 'mx.far.test', address: peer.host, port: peer.port }],
          policy: tlsPolicyOf('opportunistic'),
          login: null,
          envelope: {
            ...{
              sender: 'ada@own.test',
              envid: '',
              ret: '',
              isSmtpUtf8: false,
              isTlsRequired: false,
            },
            recipients: ['bob@far.test', 'eve@far.test'].map((recipient) => ({
              ...{ recipient, originalTo: '', notify: '' },
            })),
          },
          bytes: Buffer.from('Subject: hello\r\n\r\nbody\r\n'),
          hostname: 'mail.own.test',
          connectTimeoutMs: 60_000,
          signal: new AbortController().signal,
        });
        const found = [...results.values()].map(
          ({ kind, code, status }) => `${kind} ${code} ${status}`,
        );
        assert.deepEqual(found, expected);
        assert.equal(peer.taken.filter(({ recipients }) => recipients.length > 0).length, taken);
      } finally {
        await peer.close();
      }
    });
  }
});
