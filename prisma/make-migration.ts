// Writes the next migration of both databases: the difference between the schema the last migration
// left behind (migrations/schema.prisma, kept by this script) and schema.prisma as it stands now.
//   npm run migration -- NAME
// Read the SQL before it is committed: SQLite tables that get a NOT NULL column are rebuilt by the
// generated script; write ALTER TABLE ADD COLUMN by hand instead.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run migration -- name_in_lower_case');
  process.exit(2);
}

// The package exports only its bundler entry, so its two files are opened by path.
const engineFolder = join(
  import.meta.dirname,
  '..',
  'node_modules',
  '@prisma',
  'schema-engine-wasm',
);
const engine = await import(join(engineFolder, 'schema_engine_bg.js'));
const wasm = new WebAssembly.Module(readFileSync(join(engineFolder, 'schema_engine_bg.wasm')));
const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': engine });
engine.__wbg_set_wasm(instance.exports);
(instance.exports.__wbindgen_start as () => void)();

const folder = import.meta.dirname;
const current = readFileSync(join(folder, 'schema.prisma'), 'utf8');
const previousFile = join(folder, 'migrations', 'schema.prisma');
const previous = existsSync(previousFile) ? readFileSync(previousFile, 'utf8') : null;

/** The SQL that leads from the previous schema to the current one, for one provider. */
async function diff(provider: 'sqlite' | 'postgresql'): Promise<string> {
  const text = (schema: string) =>
    schema.replace('provider = "sqlite"', `provider = "${provider}"`);
  // The PostgreSQL engine wants a live server to compare; its SQL needs none when both sides are schemas,
  // so DATABASE_URL may be any reachable server.
  const factory =
    provider === 'sqlite'
      ? new PrismaBetterSqlite3({ url: ':memory:' })
      : new PrismaPg({ connectionString: process.env.DATABASE_URL });
  const session = await engine.SchemaEngine.new(
    { datamodels: [['schema.prisma', text(current)]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  const toFiles = (schema: string) => ({
    tag: 'schemaDatamodel',
    files: [{ path: 'schema.prisma', content: text(schema) }],
  });
  const result = await session.diff({
    from: previous === null ? { tag: 'empty' } : toFiles(previous),
    to: toFiles(current),
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout;
}

const existing = join(folder, 'migrations', 'sqlite');
const count = existsSync(existing) ? readdirSync(existing).length : 0;
const migration = `${String(count + 1).padStart(4, '0')}_${name}`;
for (const provider of ['sqlite', 'postgresql'] as const) {
  const target = join(folder, 'migrations', provider, migration);
  const sql = await diff(provider);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'migration.sql'), sql);
  console.log(`wrote prisma/migrations/${provider}/${migration}/migration.sql`);
}
writeFileSync(previousFile, current);
process.exit(0);
