// Every setting is proven in force by a client of the running system (the files beside this one), or it is said here
// why that cannot be and which test holds instead.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { settings } from '#lib/settings/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

type Elsewhere = { keys: string[]; why: string; tests: string[] };

const elsewhere: Elsewhere[] = [
  {
    keys: ['checks.greylistHours', 'checks.greylistDays'],
    why: 'hours and days by nature: the test owns the clock',
    tests: ['tests/server/smtp/reputation.test.ts'],
  },
  {
    keys: ['delivery.delayNoticeHours', 'delivery.lifetimeHours'],
    why: 'hours and days by nature: the settings become a schedule, and the schedule decides by a clock',
    tests: ['tests/server/queue/schedule.test.ts', 'tests/server/queue/outcome.test.ts'],
  },
  {
    keys: ['sending.burstMinutes', 'sending.burstFactor'],
    why: 'minutes, and the busiest of 30 days before: the test owns the clock',
    tests: ['tests/server/delivery/sending.test.ts'],
  },
  {
    keys: ['security.loginWindowMinutes'],
    why: 'minutes by nature: the test owns the clock',
    tests: ['tests/lib/accounts/throttle.test.ts'],
  },
  {
    keys: [
      'storage.undeleteDays',
      'storage.deletedUserDays',
      'storage.trailDays',
      'storage.tombstoneDays',
      'storage.reportDays',
    ],
    why: 'days by nature: jobs remove what is older, by a clock of the test',
    tests: [
      'tests/server/store/recoverable.test.ts',
      'tests/lib/accounts/deleted-account.test.ts',
      'tests/server/jobs/jobs.test.ts',
      'tests/server/store/journal.test.ts',
    ],
  },
  {
    keys: ['delivery.dkimRotateDays'],
    why: 'days by nature: a job with a clock of the test',
    tests: ['tests/server/delivery/sign/rotation.test.ts'],
  },
  {
    keys: [
      'delivery.tlsReports',
      'delivery.tlsReportContact',
      'delivery.dmarcReports',
      'delivery.dmarcReportContact',
    ],
    why: 'reports leave once a day: jobs with a clock of the test',
    tests: ['tests/server/delivery/tls-report.test.ts', 'tests/server/jobs/dmarc-reports.test.ts'],
  },
  {
    keys: [
      'backup.folder',
      'backup.schedule',
      'backup.time',
      'backup.everyHours',
      'backup.keepDaily',
      'backup.keepWeekly',
      'backup.keepMonthly',
      'backup.verifyDays',
      'backup.tellsAdmins',
    ],
    why: 'backups run by the hour and are kept by the day: a job with a clock of the test',
    tests: ['tests/server/jobs/backup.test.ts'],
  },
  {
    keys: ['security.adminProofMinutes', 'security.signInAsMinutes', 'web.sessionHours'],
    why: 'minutes and hours by nature: what the sign-in allows is asked with a clock of the test',
    tests: [
      'tests/lib/accounts/second-factor.test.ts',
      'tests/lib/accounts/acting.test.ts',
      'tests/lib/accounts/web-session.test.ts',
    ],
  },
  {
    keys: ['delivery.connectTimeoutSeconds', 'delivery.bodyTimeoutSeconds'],
    why: 'wants a host that takes no packet: a queue with hosts that do not answer',
    tests: ['tests/server/queue/runner.test.ts', 'tests/server/delivery/patience.test.ts'],
  },
  {
    keys: [
      'delivery.mtaSts',
      'delivery.dane',
      'delivery.trustsResolver',
      'delivery.httpsPort',
      'content.trustedSealers',
      'delivery.arc',
    ],
    why: 'want authorities, signed zones and sealed mail of others: real sockets with a server of each kind',
    tests: [
      'tests/server/delivery/tls-policy-mx.test.ts',
      'tests/server/queue/dane.test.ts',
      'tests/server/smtp/checks/dmarc.test.ts',
      'tests/server/smtp/forwarding.test.ts',
    ],
  },
  {
    keys: ['content.rspamdLearnUrl', 'content.deliversReports'],
    why: 'want what a user reports, and a packed report: the same code with an rspamd and a report of the test',
    tests: ['tests/server/control/learn.test.ts', 'tests/server/smtp/reports.test.ts'],
  },
  {
    keys: [
      'delivery.userForwarding',
      'delivery.vacationAnswers',
      'delivery.collecting',
      'delivery.collectAnywhere',
      'web.signOutLink',
    ],
    why: 'what a person sets up in the webmail: browser tests and the delivery by rules',
    tests: [
      'tests/e2e/mail-filters.test.ts',
      'tests/server/delivery/filters.test.ts',
      'tests/server/collect/collect.test.ts',
      'tests/e2e/mail-options.test.ts',
    ],
  },
  {
    keys: [
      'security.ldapSignIn',
      'security.ldapCreatesUsers',
      'directory.ldapUrl',
      'directory.ldapTls',
      'directory.ldapBase',
      'directory.ldapBindName',
      'directory.ldapPassword',
      'directory.ldapFilter',
      'directory.ldapNameAttribute',
      'directory.ldapMailAttribute',
      'directory.ldapOrganizationAttribute',
      'directory.ldapPhoneAttribute',
      'directory.ldapTimeoutMs',
    ],
    why: 'want a directory server',
    tests: ['tests/lib/contacts/ldap.test.ts'],
  },
  {
    keys: [
      'security.oidcIssuer',
      'security.oidcClientId',
      'security.oidcClientSecret',
      'security.oidcLabel',
      'security.oidcCreatesUsers',
    ],
    why: 'want an OpenID provider and a browser',
    tests: ['tests/e2e/oidc.test.ts'],
  },
  {
    keys: ['doctor.mailServers', 'doctor.blockLists', 'doctor.timeServers', 'doctor.signedName'],
    why: 'whom the doctor asks: servers of the test',
    tests: ['tests/server/doctor/doctor.test.ts'],
  },
  {
    keys: ['server.versionAddress', 'server.healthToken'],
    why: 'a job that asks once a day, and the health page: proven with what they are about',
    tests: ['tests/server/jobs/runner.test.ts', 'tests/flows/metrics.test.ts'],
  },
  {
    keys: ['storage.quotaWarnings'],
    why: 'a job looks by and by: it is run by the test',
    tests: ['tests/server/store/quota-warning.test.ts'],
  },
  {
    keys: ['imap.idleTimeoutMinutes', 'pop3.idleTimeoutMinutes'],
    why: 'ten and thirty minutes at least: connections with a clock of the test',
    tests: ['tests/server/imap/quirks.test.ts', 'tests/server/pop3/settings.test.ts'],
  },
  {
    keys: [
      'tls.acmeContact',
      'tls.acmeDirectory',
      'tls.acmeChallenge',
      'tls.acmeHttpPort',
      'tls.acmeTlsPort',
      'security.webhooksInside',
      'web.adminNetworks',
    ],
    why: 'proven with what they are about: an authority, a receiver of calls, a change that goes back',
    tests: [
      'tests/flows/acme.test.ts',
      'tests/flows/api.test.ts',
      'tests/flows/configuration.test.ts',
    ],
  },
];

/** The first argument of each prove() of the files here: one key, or a list of them. */
function findProven(): Set<string> {
  const calls = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(import.meta.dirname, name), 'utf8');
      return [...text.matchAll(/\bprove\(\s*('[^']+'|\[[^\]]+\])/g)].map(([, keys]) => keys);
    });
  return new Set([...calls.join(' ').matchAll(/'([^']+)'/g)].map(([, key = '']) => key));
}

const proven = findProven();
const excused = elsewhere.flatMap(({ keys }) => keys);
const known: string[] = settings.map(({ key }) => key);

it('every setting has a proof', () => {
  const found = new Set([...proven, ...excused]);
  assert.deepEqual(
    known.filter((key) => !found.has(key)),
    [],
  );
});

it('proves nothing that is no setting, and nothing twice over', () => {
  assert.deepEqual(
    [...proven, ...excused].filter((key) => !known.includes(key)),
    [],
  );
  assert.deepEqual(
    excused.filter((key) => proven.has(key)),
    [],
  );
});

it('names tests that are there', () => {
  for (const file of elsewhere.flatMap(({ tests }) => tests)) {
    assert.ok(existsSync(join(root, file)), file);
  }
});
