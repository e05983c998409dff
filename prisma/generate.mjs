// Generates the Prisma client twice from the one schema: SQLite as it stands, PostgreSQL with the
// provider and the output folder replaced. No engine binary is needed (or fetched) for this.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const generated = join(folder, 'generated');
const source = readFileSync(join(folder, 'schema.prisma'), 'utf8');
const postgresql = source
  .replace('provider = "sqlite"', 'provider = "postgresql"')
  .replace('"generated/sqlite"', '"postgresql"');
const postgresqlFile = join(generated, 'postgresql.prisma');

function generate(schemaFile) {
  const cli = join(folder, '..', 'node_modules', 'prisma', 'build', 'index.js');
  const result = spawnSync(process.execPath, [cli, 'generate', '--schema', schemaFile], {
    cwd: join(folder, '..'),
    encoding: 'utf8',
    env: {
      ...process.env,
      // Any existing executable stops the CLI from fetching the schema engine, which `generate` never runs.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    process.exit(1);
  }
}

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
writeFileSync(postgresqlFile, postgresql);
generate(join(folder, 'schema.prisma'));
generate(postgresqlFile);
