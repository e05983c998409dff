// News of flags in the middle of an answer must not pass for the answer.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mergeFetched } from '#lib/webmail/imap/whole-fetch.ts';

const envelope = { subject: 'x' };
const seen = new Set(['\\Seen']);

it('puts news and data of a message together, whichever comes first', () => {
  const query = { envelope: true, flags: true };
  const data = { seq: 1, uid: 7, envelope, flags: new Set<string>() };
  const news = { seq: 1, uid: 7, flags: seen };
  assert.deepEqual(mergeFetched([data, news], query), [{ seq: 1, uid: 7, envelope, flags: seen }]);
  assert.equal(mergeFetched([news, data], query)[0]?.envelope, envelope);
});

it('leaves out news of messages nobody asked for', () => {
  const list = [
    { seq: 1, uid: 7, envelope },
    { seq: 2, uid: 8, flags: seen },
  ];
  assert.deepEqual(
    mergeFetched(list, { envelope: true }).map((each) => each.uid),
    [7],
  );
  assert.deepEqual(mergeFetched([{ seq: 2, uid: 8, flags: seen }], { bodyParts: ['1'] }), []);
});
