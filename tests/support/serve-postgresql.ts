// The PostgreSQL server of a whole run (tests/run.mjs): one line says what tests need in their environment, or what is
// missing. It ends with its input.
import { once } from 'node:events';
import { postgresqlMissing } from './postgresql.ts';
import { startTestServer } from './test-server.ts';

const missing = postgresqlMissing();
if (missing) {
  process.stdout.write(`${JSON.stringify({ missing })}\n`);
} else {
  const server = await startTestServer();
  const { DREY_TEST_POSTGRESQL, DATABASE_URL } = process.env;
  process.stdout.write(`${JSON.stringify({ env: { DREY_TEST_POSTGRESQL, DATABASE_URL } })}\n`);
  process.stdin.resume();
  await once(process.stdin, 'close');
  await server.stop();
}
