// Every setting is proven in force by a client of the running system (the files beside this one), or it is said here
// why that cannot be and which tests set it instead; they must name its key.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { settings } from '#lib/settings/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

type Elsewhere = { keys: string[]; why: string; tests: string[] };

const elsewhere: Elsewhere[] = [
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
    tests: ['tests/server/jobs/backup.test.ts', 'tests/server/control/backup.test.ts'],
  },
  {
    keys: ['doctor.time'],
    why: 'a time of day: the job with a clock of the test',
    tests: ['tests/server/jobs/doctor.test.ts'],
  },
  {
    keys: ['content.rspamdLearnUrl'],
    why: 'wants what a user reports: the same code with an rspamd of the test',
    tests: ['tests/server/control/learn.test.ts'],
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
    keys: [
      'tls.acmeContact',
      'tls.acmeDirectory',
      'tls.acmeChallenge',
      'tls.acmeHttpPort',
      'tls.acmeTlsPort',
    ],
    why: 'want an authority: the same system with one of the test',
    tests: ['tests/flows/acme.test.ts'],
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

for (const { keys, tests } of elsewhere) {
  it(`${tests.join(', ')}: ${keys.join(', ')}`, () => {
    const texts = tests.map((file) => readFileSync(join(root, file), 'utf8'));
    const missing = keys.filter((key) => !texts.some((text) => text.includes(`'${key}'`)));
    assert.deepEqual(missing, [], 'the tests do not set them');
    const idle = tests.filter((_, at) => !keys.some((key) => texts[at]?.includes(`'${key}'`)));
    assert.deepEqual(idle, [], 'the tests set none of them');
  });
}
