// Every verdict of every check, from what it saw: no DNS, no sockets, no disk.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freezeClock } from '#lib/clock.ts';
import type { DoctorVerdict, Judged } from '#lib/doctor/report.ts';
import { judgeListings } from '#server/doctor/block-lists.ts';
import { judgeCertificate } from '#server/doctor/certificate.ts';
import { judgeClients, judgeOwnMachine } from '#server/doctor/clients.ts';
import { judgeClock } from '#server/doctor/clock.ts';
import { judgeDatabase } from '#server/doctor/database.ts';
import { judgeDisk } from '#server/doctor/disk.ts';
import { judgeDomains, judgeKept } from '#server/doctor/domains.ts';
import { judgeHostName } from '#server/doctor/host-name.ts';
import { judgeMigrations } from '#server/doctor/migrations.ts';
import { judgeOpenFiles, readLimit } from '#server/doctor/open-files.ts';
import { judgeOutbound } from '#server/doctor/outbound.ts';
import { judgePermissions } from '#server/doctor/permissions.ts';
import { judgePorts, type SeenPort } from '#server/doctor/ports.ts';
import { judgeProxy } from '#server/doctor/proxy.ts';
import { judgeQueue } from '#server/doctor/queue.ts';
import { judgeRelay } from '#server/doctor/relay.ts';
import { judgeResolver } from '#server/doctor/resolver.ts';
import { judgeReverseName } from '#server/doctor/reverse-name.ts';

const host = 'mail.own.test';
const publicly = '198.51.100.7';
const inside = '192.168.1.7';
const found = (...records: string[]) => ({ status: 'ok' as const, records });
const none = { status: 'none' as const };
const failed = { status: 'failed' as const, text: 'the name server failed (SERVFAIL)' };
const hour = 3_600_000;
const gb = 1024 ** 3;

const room = (free: number, total: number, freeFiles = 0, totalFiles = 0) =>
  judgeDisk({ freeBytes: free * gb, totalBytes: total * gb, freeFiles, totalFiles });
/** Senders of so many mails, of so many domains. */
const strangers = (mails: number, domains: number) =>
  Array.from({ length: mails }, (_, index) => `a@far${index % domains}.test`);
const ok: Judged = { verdict: 'ok', found: 'x', fix: '' };
const certificate = (change: object) =>
  judgeCertificate(
    {
      names: [host],
      isForHost: true,
      isSelfSigned: false,
      validTo: new Date(Date.UTC(2026, 11, 31)),
      ...change,
    },
    host,
  );
const files = (mode: number, isOwn = true) =>
  judgePermissions({ name: '/data', mode: 0o40755, isOwn: true }, [
    { name: 'drey.db', mode, isOwn },
  ]);
const all: SeenPort[] = [
  { name: 'smtp', port: 25, isOpen: true },
  { name: 'imaps', port: 993, isOpen: true },
  { name: 'pop3', port: 0, isOpen: false },
];
const waiting = { recipients: 20, ageMs: hour, domains: ['far.test'], isPaused: false };
const crowd = (count: number, remote: string) => Array<string>(count).fill(remote);
const own = (need: 'must' | 'should', state: 'right' | 'missing' | 'unknown') =>
  judgeDomains([{ domain: 'own.test', records: [{ kind: 'mx', need, state }] }]);

const kept = (...texts: (string | null)[]) =>
  judgeKept(
    texts.map((text, at) => {
      return {
        name: `d${at}.test`,
        dns: { wrong: text === null ? -1 : text.length, text: text ?? '' },
      };
    }),
  );

const cases: [name: string, verdict: DoctorVerdict, judged: () => Judged, words?: RegExp][] = [
  ['many domains are well', 'ok', () => kept('', ''), /of 2 looked at/],
  ['one of many lacks an MX', 'problem', () => kept('', 'SPF', 'MX, SPF'), /d2\.test \(MX, SPF\)/],
  ['one of many lacks DMARC', 'warning', () => kept('', 'DMARC', null), /of 2 looked at/],
  ['nobody has looked at many', 'unknown', () => kept(null, null)],
  [
    'the resolver is silent',
    'problem',
    () =>
      judgeResolver({
        failure: 'the name server did not answer in time',
        isTrusted: true,
        isValidated: false,
      }),
    /did not answer/,
  ],
  [
    'the resolver validates',
    'ok',
    () => judgeResolver({ failure: '', isTrusted: true, isValidated: true }),
  ],
  [
    'it does not',
    'warning',
    () => judgeResolver({ failure: '', isTrusted: true, isValidated: false }),
    /DANE/,
  ],
  [
    'it is elsewhere',
    'warning',
    () => judgeResolver({ failure: '', isTrusted: false, isValidated: false }),
    /not on this machine/,
  ],

  ['a name without a dot', 'problem', () => judgeHostName('box', none, [])],
  ['a name of the house', 'problem', () => judgeHostName('box.local', none, [])],
  ['a name without address', 'problem', () => judgeHostName(host, none, [publicly]), /no address/],
  ['a name that nobody can look up', 'unknown', () => judgeHostName(host, failed, [publicly])],
  [
    'a name that leads to loopback',
    'problem',
    () => judgeHostName(host, found('127.0.1.1'), [publicly]),
    /itself/,
  ],
  ['a name that leads here', 'ok', () => judgeHostName(host, found(publicly), [publicly, inside])],
  ['a name behind a router', 'ok', () => judgeHostName(host, found(publicly), [inside]), /NAT/],
  [
    'a name that leads elsewhere',
    'problem',
    () => judgeHostName(host, found('203.0.113.1'), [publicly]),
  ],
  [
    'a name that leads here and elsewhere',
    'warning',
    () => judgeHostName(host, found(publicly, '203.0.113.1'), [publicly]),
  ],

  ['no public address', 'unknown', () => judgeReverseName(host, [])],
  [
    'an address without name',
    'problem',
    () => judgeReverseName(host, [{ address: publicly, answer: none }]),
    /has no name/,
  ],
  [
    'an address with another name',
    'problem',
    () => judgeReverseName(host, [{ address: publicly, answer: found('pool-7.isp.test') }]),
    /pool-7/,
  ],
  [
    'an address with our name',
    'ok',
    () => judgeReverseName(host, [{ address: publicly, answer: found(host) }]),
  ],
  [
    'an address nobody tells of',
    'unknown',
    () => judgeReverseName(host, [{ address: publicly, answer: failed }]),
  ],

  [
    'port 25 open',
    'ok',
    () =>
      judgeOutbound(
        [
          { place: 'a.test', failure: 'no answer' },
          { place: 'b.test', failure: null },
        ],
        '',
      ),
  ],
  [
    'port 25 closed',
    'problem',
    () => judgeOutbound([{ place: 'a.test', failure: 'no answer' }], ''),
    /closed/,
  ],
  [
    'port 25 closed, with a smart host',
    'ok',
    () => judgeOutbound([{ place: 'a.test', failure: 'no answer' }], 'relay.test:587'),
    /relay\.test/,
  ],
  ['port 25 not tried', 'unknown', () => judgeOutbound([], '')],

  [
    'listed',
    'problem',
    () => judgeListings([{ address: publicly, zone: 'list.test', state: 'listed' }]),
    /list\.test/,
  ],
  [
    'not listed',
    'ok',
    () =>
      judgeListings([
        { address: publicly, zone: 'list.test', state: 'clean' },
        { address: publicly, zone: 'mute.test', state: 'failed' },
      ]),
    /No answer from mute/,
  ],
  [
    'no list answers',
    'unknown',
    () => judgeListings([{ address: publicly, zone: 'list.test', state: 'failed' }]),
  ],
  ['nothing to ask about', 'unknown', () => judgeListings([])],

  ['ports as others expect them', 'ok', () => judgePorts(all, '::')],
  ['only for this machine', 'warning', () => judgePorts(all, '127.0.0.1'), /this machine/],
  [
    'a port is closed',
    'problem',
    () => judgePorts([{ name: 'imap', port: 143, isOpen: false }, ...all], '::'),
    /imap 143/,
  ],
  [
    'all are closed',
    'problem',
    () => judgePorts([{ name: 'smtp', port: 25, isOpen: false }], '::'),
    /does not run/,
  ],
  [
    'no port is known',
    'unknown',
    () => judgePorts([{ name: 'smtp', port: 0, isOpen: false }], '::'),
  ],
  [
    'smtp elsewhere',
    'warning',
    () => judgePorts([{ name: 'smtp', port: 2525, isOpen: true }], '::'),
    /2525/,
  ],
  [
    'imap elsewhere',
    'warning',
    () => judgePorts([...all, { name: 'imap', port: 2143, isOpen: true }], '::'),
    /imap 2143/,
  ],
  [
    'smtp off',
    'warning',
    () => judgePorts([{ name: 'imap', port: 143, isOpen: true }], '::'),
    /switched off/,
  ],

  ['an open relay', 'problem', () => judgeRelay({ isGood: false, text: 'OPEN' })],
  ['no open relay', 'ok', () => judgeRelay({ isGood: true, text: 'Strangers cannot.' })],
  ['not tested', 'unknown', () => judgeRelay(null)],

  ['few clients', 'unknown', () => judgeClients(crowd(5, inside), () => true)],
  [
    'many clients',
    'ok',
    () => judgeClients([...crowd(20, '203.0.113.5'), ...crowd(20, '8.8.8.8')], () => false),
  ],
  [
    'a gateway that is trusted',
    'problem',
    () => judgeClients([...crowd(30, '172.17.0.1'), '8.8.8.8'], () => true),
    /172\.17/,
  ],
  [
    'a gateway',
    'warning',
    () => judgeClients([...crowd(30, '172.17.0.1'), '8.8.8.8'], () => false),
  ],
  [
    'some from a private address',
    'ok',
    () => judgeClients([...crowd(10, '172.17.0.1'), ...crowd(30, '8.8.8.8')], () => true),
  ],

  [
    'a proxy that hides who asks',
    'warning',
    () => judgeProxy({ at: new Date(0), text: 'Requests for mail.own.test come.' }, 23 * hour),
    /mail\.own\.test/,
  ],
  ['one of the day before', 'ok', () => judgeProxy({ at: new Date(0), text: 'x' }, 25 * hour)],
  ['no proxy', 'ok', () => judgeProxy(null, 0)],
  [
    'a proxy before port 25',
    'problem',
    () => judgeOwnMachine(strangers(30, 12)) ?? ok,
    /smtp\.proxyHosts|12 domains/,
  ],
  ['a list server here', 'ok', () => judgeOwnMachine(strangers(30, 3)) ?? ok],
  ['little mail from here', 'ok', () => judgeOwnMachine(strangers(12, 12)) ?? ok],

  ['a good certificate', 'ok', () => certificate({}), /40 more/],
  [
    'one that ends soon',
    'warning',
    () => certificate({ validTo: new Date(Date.UTC(2026, 10, 30)) }),
  ],
  [
    'one that ends at once',
    'problem',
    () => certificate({ validTo: new Date(Date.UTC(2026, 10, 23)) }),
  ],
  [
    'one that has ended',
    'problem',
    () => certificate({ validTo: new Date(Date.UTC(2026, 9, 1)) }),
    /ran out/,
  ],
  [
    'one for others',
    'problem',
    () => certificate({ isForHost: false, names: ['far.test'] }),
    /far\.test/,
  ],
  ['one of our own', 'warning', () => certificate({ isSelfSigned: true })],
  ['none', 'unknown', () => judgeCertificate(null, host)],

  ['no domain', 'problem', () => judgeDomains([])],
  ['a needed record is missing', 'problem', () => own('must', 'missing'), /own\.test \(MX\)/],
  ['an expected record is missing', 'warning', () => own('should', 'missing')],
  ['a needed record is unknown', 'unknown', () => own('must', 'unknown')],
  ['all records are right', 'ok', () => own('must', 'right')],

  ['a right clock', 'ok', () => judgeClock(400)],
  ['a clock that is slow', 'warning', () => judgeClock(5000), /5\.0 seconds slow/],
  ['a clock that is fast', 'problem', () => judgeClock(-90_000), /90 seconds fast/],
  ['no time server', 'unknown', () => judgeClock(null)],
  ['a clock nobody compared', 'unknown', () => judgeClock(null, false)],

  ['room on the disk', 'ok', () => room(50, 100)],
  ['little room', 'warning', () => room(1.5, 10)],
  ['no room', 'problem', () => room(0.4, 100)],
  ['no room for files', 'problem', () => room(50, 100, 10, 1000), /files/],

  ['many files', 'ok', () => judgeOpenFiles(65_536)],
  ['some files', 'warning', () => judgeOpenFiles(4096)],
  ['few files', 'problem', () => judgeOpenFiles(256)],
  ['files unknown', 'unknown', () => judgeOpenFiles(null)],
  [
    'any number of files',
    'ok',
    () =>
      judgeOpenFiles(
        readLimit('Max open files            unlimited            unlimited            files'),
      ),
  ],

  [
    'a data folder of its own',
    'ok',
    () => judgePermissions({ name: '/data', mode: 0o40700, isOwn: true }, []),
  ],
  ['files for all to read', 'problem', () => files(0o100644), /drey\.db/],
  ['a folder for all to look into', 'warning', () => files(0o100600)],
  ["somebody else's file", 'problem', () => files(0o100600, false), /Not the property/],

  ['a whole database', 'ok', () => judgeDatabase('database', [])],
  ['a large database', 'ok', () => judgeDatabase('database', null), /answers/],
  ['a damaged database', 'problem', () => judgeDatabase('database', ['row 7 missing']), /row 7/],
  ['a database of this version', 'ok', () => judgeMigrations('0002_b', ['0001_a', '0002_b'])],
  ['an older database', 'problem', () => judgeMigrations('0002_b', ['0001_a'])],

  ['an empty queue', 'ok', () => judgeQueue({ ...waiting, recipients: 0, ageMs: null })],
  ['a queue that moves', 'ok', () => judgeQueue(waiting)],
  ['a queue that waits', 'warning', () => judgeQueue({ ...waiting, ageMs: 7 * hour })],
  ['a queue that is stuck', 'problem', () => judgeQueue({ ...waiting, ageMs: 30 * hour })],
  ['a queue that is paused', 'problem', () => judgeQueue({ ...waiting, isPaused: true })],
];

describe('the doctor judges', () => {
  before(() => freezeClock(new Date(Date.UTC(2026, 10, 21))));
  after(() => freezeClock(null));
  for (const [name, verdict, judge, words] of cases) {
    it(`${name}: ${verdict}`, () => {
      const judged = judge();
      assert.equal(judged.verdict, verdict, judged.found);
      if (words) assert.match(judged.found, words);
      // Whoever reads of a trouble reads what to do about it.
      if (verdict === 'problem' || verdict === 'warning') assert.notEqual(judged.fix, '');
    });
  }
});
