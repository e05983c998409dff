// The rooms' import rules (docs/architecture.md) and the size of files. A rule that is wrong is changed
// there and here, openly; a file that must be long stands in the list with its reason.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const rooms = ['app', 'components', 'lib', 'server'];
const maxLines = 400;

/** Files over 400 lines, with the reason. */
const longFiles: Record<string, string> = {};

/** Files outside lib/dialect that know which database they are on, with the reason. */
const dialectFiles: Record<string, string> = {
  'lib/env.ts': 'reads DATABASE_URL',
  'lib/db.ts': 'chooses the connection',
  'lib/sqlite-adapter.ts': 'sets up connections',
  'lib/postgresql-adapter.ts': 'sets up connections',
  'lib/migrate.ts': 'chooses the migrations',
  'server/data-folder.ts': 'says what a person can do when the database cannot be opened',
};

const sources = rooms
  .flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(room, path),
    ),
  )
  .filter((path) => /\.(tsx?|mjs)$/.test(path));

type Import = { from: string; to: string };

/** Imports of our own files, as paths from the root. */
function readImports(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8');
  const pattern = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].flatMap(([, target = '']) => {
    if (target.startsWith('#')) return [{ from, to: target.slice(1) }];
    if (!target.startsWith('.')) return [];
    return [{ from, to: relative(root, resolve(root, dirname(from), target)) }];
  });
}

const imports = sources.flatMap(readImports);
const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The rooms of lib in the order in which they may import: each only from those before it. */
const libOrder = [
  ...[
    'trail',
    'history',
    'settings',
    'i18n',
    'backup',
    'doctor',
    'accounts',
    'certificates',
    'programs',
  ],
  ...['preferences', 'contacts', 'calendar'],
  ...['filters', 'collections', 'queue', 'renaming', 'reports', 'find', 'numbers', 'webmail'],
  ...['webhooks', 'configuration', 'api'],
];
const libCore =
  /^lib\/(mail\/|dialect\/|errors\.ts|lease\.ts|context\.ts|joined\.ts|db\.ts|db-errors\.ts|log\.ts|clock\.ts|poke\.ts|id\.ts|env\.ts|control\.ts|storage-failure\.ts|migrate\.ts|rows\.ts|keyset\.ts|write-times\.ts|csv-cell\.ts|direct\.ts|own-transaction\.ts|ldap\.ts|(sqlite|postgresql)-adapter\.ts)/;
/** Of lib what pages in the browser run too. */
const pureLib = new Set([
  'lib/errors.ts',
  'lib/i18n/locales.ts',
  'lib/preferences/list-names.ts',
  'lib/webmail/search/query.ts',
  'lib/webmail/search/scope.ts',
]);
const serverProtocols = ['smtp', 'imap', 'pop3', 'queue'];
const serverShared = ['net', 'auth', 'store', 'delivery', 'dns', 'tls', 'metrics'];
/** The parts that put the daemon together may import every room of the server. */
const serverTop =
  /^server\/(main\.ts|data-folder\.ts|cli\/|control\/|doctor\/|web\/|jobs\/|demo\/)/;

function isAllowed({ from, to }: Import): boolean {
  if (to.startsWith('prisma/generated')) return from === 'lib/db.ts';
  if (to.startsWith('tests/')) return false;
  if (from === 'lib/errors.ts' || isBelow(from, 'lib/mail')) {
    return to === 'lib/errors.ts' || isBelow(to, 'lib/mail');
  }
  const libRoom = /^lib\/([a-z0-9-]+)\//.exec(from)?.[1];
  if (libRoom) {
    const allowed = libOrder.slice(0, libOrder.indexOf(libRoom) + 1);
    return libCore.test(to) || allowed.some((room) => isBelow(to, `lib/${room}`));
  }
  if (isBelow(from, 'lib')) return libCore.test(to);
  if (isBelow(from, 'components')) {
    return isBelow(to, 'components') || isBelow(to, 'lib/mail') || pureLib.has(to);
  }
  if (isBelow(from, 'app')) return ['app', 'lib', 'components'].some((room) => isBelow(to, room));
  return isAllowedInServer(from, to);
}

function isAllowedInServer(from: string, to: string): boolean {
  if (isBelow(to, 'lib')) return true;
  if (!isBelow(to, 'server')) return false;
  if (serverTop.test(from) || !/^server\/[a-z0-9-]+\//.test(from)) return true;
  const room = from.split('/')[1] ?? '';
  if (isBelow(to, `server/${room}`) || to === 'server/net/running.ts') return true;
  if (room === 'store') return false;
  if (room === 'backup' || room === 'transfer') return isBelow(to, 'server/store');
  if (serverProtocols.includes(room))
    return serverShared.some((shared) => isBelow(to, `server/${shared}`));
  return serverShared.some((shared) => isBelow(to, `server/${shared}`));
}

/** Components may name types of any room in lib: types vanish before anything runs. */
function isTypeOnly({ from, to }: Import): boolean {
  const text = readFileSync(join(root, from), 'utf8');
  // By its last part: imports are written from the root or from beside.
  const name = `/${to.split('/').at(-1) ?? ''}`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const statements = [
    ...text.matchAll(new RegExp(`^(import|export)\\s+(type\\s)?[^;]*?['"][^'"]*${name}['"]`, 'gm')),
  ];
  return statements.length > 0 && statements.every((statement) => statement[2] !== undefined);
}

describe('architecture', () => {
  it('lets each room import only what docs/architecture.md allows', () => {
    const wrong = imports.filter(
      (one) =>
        !isAllowed(one) &&
        !(isBelow(one.from, 'components') && isBelow(one.to, 'lib') && isTypeOnly(one)),
    );
    assert.deepEqual(wrong, []);
  });

  it('has no circles', () => {
    const edges = Map.groupBy(imports, (one) => one.from);
    const done = new Set<string>();
    const visit = (path: string, trail: string[]): void => {
      const at = trail.indexOf(path);
      if (at >= 0) assert.fail(`circle: ${[...trail.slice(at), path].join(' → ')}`);
      if (done.has(path)) return;
      for (const { to } of edges.get(path) ?? []) {
        if (!isTypeOnly({ from: path, to })) visit(to, [...trail, path]);
      }
      done.add(path);
    };
    for (const path of sources) visit(path, []);
  });

  it('keeps files short, or says why not', () => {
    const long = sources
      .map((path) => [path, readFileSync(join(root, path), 'utf8').split('\n').length] as const)
      .filter(([path, lines]) => lines > maxLines && !longFiles[path]);
    assert.deepEqual(long, []);
  });

  it('has no drawer', () => {
    const drawers = sources.filter((path) =>
      /(^|\/)(utils?|helpers?|common|misc|managers?|types)(\.|\/)/.test(path),
    );
    assert.deepEqual(drawers, []);
  });

  it('names no database client outside lib/', () => {
    const wrong = sources.filter(
      (path) =>
        !isBelow(path, 'lib') &&
        /@prisma\/client|better-sqlite3/.test(
          readFileSync(join(root, path), 'utf8').replace(/^\/\/.*$/gm, ''),
        ),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps what one database alone understands in lib/dialect', () => {
    const own =
      /\b(isSqlite|isPostgresql)\(|\bFOR (NO KEY )?(UPDATE|SHARE)\b|\bPRAGMA\b|\bfts5|\bMATCH\b \$|\bGLOB\b|\bILIKE\b|pg_[a-z]+\(|pg_trgm|gin_trgm|\browid\b|sqlite_(master|schema|sequence)|INSERT OR (IGNORE|REPLACE)|\$\{[^}]*\}::|"::[a-z]|\bCOLLATE\b|\b(GREATEST|LEAST)\(|\bunnest\(|\bjson_each\(|\bctid\b|\b(UN)?LISTEN "|\bNOTIFY "/;
    const isMarked = (path: string) => path.startsWith('lib/dialect/') || dialectFiles[path];
    const wrong = sources.flatMap((path) => {
      if (isMarked(path)) return [];
      const lines = readFileSync(join(root, path), 'utf8').split('\n');
      return lines
        .map((line, index) => `${path}:${index + 1} ${line.trim()}`)
        .filter((_, index) => own.test((lines[index] ?? '').replace(/(^|\s)(\/\/|\/?\*).*$/, '')));
    });
    assert.deepEqual(wrong, []);
  });
});
