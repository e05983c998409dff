// Every page, server action and route checks for itself who is asking (docs/architecture.md). This test
// reads the sources: what forgets its guard, or is new and in no list (doors.ts), fails. tests/e2e/roles.test.ts tries
// the doors of the panel over the network.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pages } from '#lib/settings/pages.ts';
import { doors as table, type Who } from './doors.ts';

const app = join(import.meta.dirname, '..', '..', 'app');

/** Open to everybody, with the reason. */
const open: Record<string, string> = {
  '(auth)/page.tsx': 'only sends people on',
  '(auth)/login/page.tsx': 'the sign-in page itself',
  '(auth)/logout/page.tsx': 'ends a session of the reader, asks no more than that there is one',
  '(auth)/setup/page.tsx': 'guarded by the one-time token',
  '(auth)/setup/actions.ts': 'guarded by the one-time token, in completeSetup()',
  '(auth)/password/page.tsx': 'guarded by the one-time token, or else requireUserToChange()',
  '(auth)/password/actions.ts': 'guarded by the one-time token, in setPasswordByLink()',
  '(auth)/actions.ts': 'signs the reader out',
  'api/auth/[...nextauth]/route.ts': "next-auth's own addresses",
  'api/programs/autoconfig/route.ts':
    'tells mail programs the ports, of no account whether it exists',
  'api/programs/autodiscover/route.ts': 'the same for Outlook',
  'api/programs/autodiscover-json/route.ts': 'the same for Outlook',
  'api/programs/mobileconfig/route.ts': 'the same for Apple’s devices',
  '.well-known/acme-challenge/[token]/route.ts': 'the authority reads the proof of a name',
  '.well-known/mta-sts.txt/route.ts': 'other mail servers read it',
  'api/passkey/route.ts': 'says the same to everybody: what a browser needs to show a passkey',
  'api/mail/image/route.ts': 'the frame that asks has no cookies: the address itself is signed',
  'api/v1/[[...path]]/route.ts': 'guarded by the token of each call, in lib/api/answer.ts',
  'api/health/route.ts':
    'tells whether the system works; each part to this machine or with a token',
  'manifest.webmanifest/route.ts': 'what browsers ask for without cookies to install the app',
  'logo/route.ts': 'the picture of the sign-in page',
};

const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
const read = (path: string) => readFileSync(join(app, path), 'utf8');
const doors = files.filter((path) => /(^|\/)(page\.tsx|route\.ts)$/.test(path));
const actionFiles = files.filter(
  (path) => /\.tsx?$/.test(path) && /^\s*'use server';/m.test(read(path)),
);

const listed = Object.entries(table).flatMap(([who, list]) =>
  list.map((door) => [who as Who, door] as const),
);
const fileOf = (door: string) => door.split('#')[0] ?? '';

/** The bodies of the exported functions of a file, by name. */
function exportedFunctions(text: string): { name: string; body: string }[] {
  return text
    .split(/^export (?=(?:default )?async function )/m)
    .slice(1)
    .map((part) => {
      const name = /function (\w+)/.exec(part)?.[1] ?? '';
      const start = part.search(/\{\n/);
      return { name, body: part.slice(start, part.search(/^\}/m)) };
    });
}

describe('guards', () => {
  it('finds the doors', () => {
    assert.ok(doors.length > 15, `only ${doors.length} pages and routes found`);
    assert.ok(actionFiles.length > 5, `only ${actionFiles.length} files of actions found`);
    for (const path of Object.keys(open)) assert.ok(files.includes(path), `${path} is gone`);
  });

  it('every door stands once in the table of doors, and no other', () => {
    const found = [
      ...doors,
      ...actionFiles.flatMap((path) =>
        exportedFunctions(read(path)).map(({ name }) => `${path}#${name}`),
      ),
    ];
    assert.deepEqual(Object.values(table).flat().sort(), found.sort());
    for (const door of table.everybody) assert.ok(fileOf(door) in open, `${door}: why?`);
  });

  for (const [who, door] of listed) {
    it(`${door} is for ${who}`, () => {
      if (who === 'everybody') return;
      const text = read(fileOf(door));
      const [, action] = door.split('#');
      const functions = exportedFunctions(text);
      const { body = '' } = functions.find(({ name }) => name === action) ?? functions[0] ?? {};
      if (action) {
        assert.match(text, /^'use server';/m);
        assert.equal(functions.length, text.match(/^export /gm)?.length, 'only functions');
      }
      if (who !== 'user') {
        const guard = who === 'admin' ? 'requireAdmin()' : `requireStaff('${who}')`;
        const begin = body.split(';')[0] ?? '';
        assert.ok(begin.endsWith(`await ${guard}`), begin);
      } else if (action) {
        const guard = 'require(User|OwnUser|UserToChange|Admin)\\(\\)';
        assert.match(body, new RegExp(`^\\{\\n\\s+(const \\w+ = )?await ${guard};`));
      } else {
        assert.match(
          text,
          /\b(requireUser|requireOwnUser|requireUserToChange|requireForRoute|readRoute|changeRoute|scriptRoute)\(/,
        );
      }
    });
  }

  it('every door of the panel is told the method by proxy.ts', () => {
    // Else reading would want the second factor as changing does.
    const outside = listed.filter(
      ([who, door]) =>
        !['everybody', 'user'].includes(who) && /^api\/(?!admin\/)/.test(fileOf(door)),
    );
    assert.deepEqual(outside, []);
    const proxy = readFileSync(join(app, '..', 'proxy.ts'), 'utf8');
    assert.match(proxy, /matcher: \['[^']+', '\/api\/admin\/:path\*'\]/);
  });

  it('the menu of the panel leads to pages that exist', () => {
    for (const { href } of pages) {
      assert.ok(existsSync(join(app, '(admin)', `.${href}`, 'page.tsx')), `${href} has no page`);
    }
  });

  it('no file of app/ or components/ imports Prisma or the server', () => {
    for (const path of files.filter((name) => /\.tsx?$/.test(name))) {
      assert.doesNotMatch(read(path), /from '(#server|@prisma|.*prisma\/generated)/, path);
    }
  });
});
