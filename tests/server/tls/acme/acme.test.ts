// The parts of ACME that are tables: the hello of a client, when to renew, what an authority's errors mean, when to try again.
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import type { ChainFacts } from '#lib/certificates/pem.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { helloLength, readClientHello } from '#server/tls/acme/client-hello.ts';
import { AcmeProblem, readRetryAfter, toProblem } from '#server/tls/acme/problem.ts';
import {
  chooseTime,
  nameCertificate,
  planNext,
  planRenewal,
} from '#server/tls/acme/renewal-info.ts';
import { planRetry } from '#server/tls/acme/runner.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
after(() => freezeClock(null));

/** The first record that a client sends. */
function record(options: object): Promise<Buffer> {
  return new Promise((resolve) => {
    const server = createServer((socket: Socket) => {
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      connect({ port, host: '127.0.0.1', ...options }).on('error', () => {});
    });
  });
}

describe('the hello of a client', () => {
  it('says host and protocols, whole alone', async () => {
    const bytes = await record({
      servername: 'Mail.example.org',
      ALPNProtocols: ['acme-tls/1', 'h2'],
    });
    assert.equal(helloLength(bytes), bytes.length);
    assert.deepEqual(readClientHello(bytes), {
      host: 'mail.example.org',
      protocols: ['acme-tls/1', 'h2'],
    });
    for (let length = 5; length < bytes.length; length++) {
      assert.equal(readClientHello(bytes.subarray(0, length)), null, String(length));
    }
  });

  it('may say neither', async () => {
    assert.deepEqual(readClientHello(await record({})), { host: '', protocols: [] });
  });

  it('is none in other bytes', async () => {
    assert.equal(helloLength(Buffer.from('GET / HTTP/1.1\r\n')), null);
    assert.equal(helloLength(Buffer.from([22, 3, 1, 0xff, 0xff])), null);
    assert.equal(helloLength(Buffer.alloc(0)), 5);
    const bytes = await record({ servername: 'mail.example.org' });
    for (let at = 5; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = 0xff;
      readClientHello(changed);
    }
  });
});

// RFC 9773 §4.1 has this certificate and its name.
const sample = `-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
`;

describe('the time of a renewal', () => {
  it('is asked for by the name of RFC 9773', async () => {
    assert.equal(await nameCertificate(sample), 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it('is a third before the end, not the same for all', () => {
    const validFrom = new Date('2026-01-01T00:00:00Z');
    const expiresAt = new Date(validFrom.getTime() + 90 * dayMs);
    const facts = { subject: '', issuer: '', isSelfSigned: false, names: [], fingerprint: '' };
    const at = (random: number) => planRenewal({ ...facts, validFrom, expiresAt }, random);
    const days = (date: Date) => (expiresAt.getTime() - date.getTime()) / dayMs;
    assert.equal(days(at(0.5)), 30);
    assert.ok(days(at(0)) < 30 && days(at(0)) > 27);
    assert.ok(days(at(0.999)) > 30 && days(at(0.999)) < 33);
  });

  const windows: [reason: string, body: unknown, expected: string | null][] = [
    ['nothing', null, null],
    ['no window', { suggestedWindow: {} }, null],
    ['an end before its start', window('2026-03-02', '2026-03-01'), null],
    ['a window', window('2026-03-01', '2026-03-03'), '2026-03-02T00:00:00.000Z'],
    ['one that is over: now', window('2025-03-01', '2025-03-03'), '2026-01-01T00:00:00.000Z'],
  ];
  for (const [reason, body, expected] of windows) {
    it(`as an authority suggests: ${reason}`, () => {
      freezeClock(new Date('2026-01-01T00:00:00Z'));
      assert.equal(chooseTime(body, 0.5)?.toISOString() ?? null, expected);
      freezeClock(null);
    });
  }

  const lives: [reason: string, days: number, asked: string | null, expected: string][] = [
    ['an authority that wants it at once', 90, '2026-01-01T00:00:00.000Z', '2026-01-01T01:00'],
    ['one that lives for a moment', 0, null, '2026-01-01T01:00'],
    ['an authority that wants it soon', 90, '2026-01-03T00:00:00.000Z', '2026-01-03T00:00'],
  ];
  for (const [reason, days, asked, expected] of lives) {
    it(`never one order after the other: ${reason}`, () => {
      freezeClock(new Date('2026-01-01T00:00:00Z'));
      const expiresAt = new Date(now().getTime() + days * dayMs);
      const facts = { validFrom: now(), expiresAt } as ChainFacts;
      const at = planNext(facts, asked === null ? null : new Date(asked));
      assert.equal(at.toISOString().slice(0, 16), expected);
      freezeClock(null);
    });
  }
});

function window(start: string, end: string) {
  return { suggestedWindow: { start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` } };
}

const urn = (type: string) => `urn:ietf:params:acme:error:${type}`;
const problems: [reason: string, body: unknown, expected: RegExp][] = [
  ['nothing', null, /answered 500/],
  ['a page', '<html>', /answered 500/],
  ['no address', { type: urn('dns'), detail: 'no A' }, /^no A The name must have an A or AAAA/],
  ['a firewall', { type: urn('connection'), detail: 'timeout' }, /firewall/],
  ['another web server', { type: urn('incorrectResponse'), detail: '404' }, /well-known/],
  ['too often', { type: urn('rateLimited'), detail: 'too many' }, /waiting/],
  ['a CAA record', { type: urn('caa'), detail: 'forbidden' }, /CAA record/],
  [
    'several names',
    {
      type: urn('compound'),
      detail: 'two',
      subproblems: [
        { type: urn('dns'), detail: 'none', identifier: { value: 'a.test' } },
        { type: urn('caa'), detail: 'no', identifier: { value: 'b.test' } },
      ],
    },
    /two a\.test: none b\.test: no .*CAA/,
  ],
  [
    'a closed account',
    { type: urn('unauthorized'), detail: 'account is deactivated' },
    /new account/,
  ],
  ['control characters', { type: urn('dns'), detail: 'a\u0000\r\nb' }, /^a b /],
];

describe('an error of an authority', () => {
  for (const [reason, body, expected] of problems) {
    it(reason, () => {
      const { message } = toProblem(body, 500);
      assert.match(message, expected);
      assert.ok(message.length < 2500);
    });
  }

  it('may say when to come again, not in years', () => {
    freezeClock(new Date('2026-01-01T00:00:00Z'));
    assert.equal(readRetryAfter('3600')?.toISOString(), '2026-01-01T01:00:00.000Z');
    assert.equal(
      readRetryAfter('Fri, 02 Jan 2026 00:00:00 GMT')?.toISOString(),
      '2026-01-02T00:00:00.000Z',
    );
    assert.equal(readRetryAfter('999999999')?.toISOString(), '2026-01-09T00:00:00.000Z');
    for (const text of [null, '', '0', '-5', 'soon', 'Thu, 01 Jan 2020 00:00:00 GMT']) {
      assert.equal(readRetryAfter(text), null, String(text));
    }
    freezeClock(null);
  });

  it('is waited after, longer each time', () => {
    const hours = [1, 2, 3, 4, 5, 6, 20].map((failures) => {
      const { dueAt } = planRetry(failures, new Error('x'), 0.5);
      return Math.round(((dueAt.getTime() - now().getTime()) / hourMs) * 6) / 6;
    });
    assert.deepEqual(hours, [1 / 6, 1, 3, 6, 12, 24, 24]);
    const retryAt = new Date(now().getTime() + 5 * dayMs);
    const limited = planRetry(1, new AcmeProblem('rateLimited', 'Too many.', retryAt));
    assert.equal(limited.dueAt, retryAt);
    assert.match(limited.problem, /^Too many\. The authority takes no orders before 2/);
  });
});
