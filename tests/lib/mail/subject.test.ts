import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseSubject, isReplySubject } from '#lib/mail/subject.ts';

const rows: [input: string, base: string, isReply: boolean][] = [
  ['Hello', 'Hello', false],
  ['Re: Hello', 'Hello', true],
  ['RE:Hello', 'Hello', true],
  ['re : re: Fwd: fw: Hello', 'Hello', true],
  ['Re[2]: Hello', 'Hello', true],
  ['Re [2] : Hello', 'Hello', true],
  ['[list] Hello', 'Hello', false],
  ['[list] Re: [list] Hello', 'Hello', true],
  ['Re: [a][b] Re: Hello', 'Hello', true],
  ['[list]', '[list]', false],
  ['Re: [list]', '[list]', true],
  ['Hello (fwd)', 'Hello', true],
  ['Hello (fwd) (FWD)', 'Hello', true],
  ['[fwd: Hello]', 'Hello', true],
  ['Re: [Fwd: [x] Re: Hello]', 'Hello', true],
  ['Reply to all', 'Reply to all', false],
  ['Re', 'Re', false],
  ['Re:', '', true],
  ['  Hello   World\t', 'Hello World', false],
  ['[unclosed Hello', '[unclosed Hello', false],
  ['', '', false],
];
for (const [input, base, isReply] of rows) {
  test(`base subject of ${JSON.stringify(input)}`, () => {
    assert.equal(baseSubject(input), base);
    assert.equal(isReplySubject(input), isReply);
  });
}
