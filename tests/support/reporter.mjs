// Reporter for node:test: a line for each failure and each skipped test, and at the end "counts P F".
// Only leaves count: a suite is as good as what it holds.
import { inspect } from 'node:util';

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  // Known by the first event: the run's set-up comes before it.
  const where = () => (process.env.DREY_TEST_POSTGRESQL ? ' (on PostgreSQL)' : '');
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.details?.type !== 'suite') {
      if (data.skip !== undefined) yield `skip  ${data.name}: ${data.skip}${where()}\n`;
      else passed += 1;
    }
    if (type === 'test:diagnostic' && /^(seen at|early) /.test(data.message)) {
      yield `${data.message}\n`;
    }
    if (type === 'test:fail') {
      // A suite fails with its tests; alone it fails when its own hooks do.
      const isEcho = data.details?.error?.failureType === 'subtestsFailed';
      if (isEcho) continue;
      failed += 1;
      const cause = data.details?.error?.cause ?? data.details?.error;
      yield `FAIL  ${data.file ?? ''}:${data.line ?? ''} ${data.name}${where()}\n${inspect(cause, { depth: 4 })}\n`;
    }
  }
  yield `counts ${passed} ${failed}\n`;
}
