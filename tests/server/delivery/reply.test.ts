import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReply, toResult } from '#server/delivery/outbound/reply.ts';

describe('replies of other servers', () => {
  const cases: [string, ReturnType<typeof parseReply>, string][] = [
    [
      '250 2.0.0 Ok: queued as 123',
      { code: 250, status: '2.0.0', text: 'Ok: queued as 123' },
      'enhanced',
    ],
    [
      '550 no such user',
      { code: 550, status: '5.0.0', text: 'no such user' },
      'without an enhanced code',
    ],
    [
      '550-5.1.1 one\r\n550 5.1.1 two',
      { code: 550, status: '5.1.1', text: 'one two' },
      'two lines',
    ],
    [
      '550-5.1.1 one\n550 5.1.1 two',
      { code: 550, status: '5.1.1', text: 'one two' },
      'joined by LF',
    ],
    [
      '450 5.1.1 odd',
      { code: 450, status: '4.0.0', text: '5.1.1 odd' },
      'a class that does not fit',
    ],
    ['550', { code: 550, status: '5.0.0', text: '' }, 'no text'],
    ['550 \u001b[31m\u0007x', { code: 550, status: '5.0.0', text: '[31m x' }, 'control characters'],
    ['nonsense', { code: 0, status: '', text: 'nonsense' }, 'no reply at all'],
    ['5500 x', { code: 0, status: '', text: '5500 x' }, 'four digits'],
  ];
  for (const [response, expected, reason] of cases) {
    it(reason, () => assert.deepEqual(parseReply(response), expected));
  }

  it('makes results: 4yz defers, 5yz fails, anything else defers', () => {
    assert.equal(toResult('450 later', 'mx').kind, 'deferred');
    assert.equal(toResult('550 never', 'mx').kind, 'failed');
    assert.deepEqual(toResult('250 what', 'mx').status, '4.5.0');
    assert.equal(toResult('', 'mx').kind, 'deferred');
  });

  it('cuts long text', () => {
    assert.equal(parseReply(`550 ${'x'.repeat(5000)}`).text.length, 900);
  });
});
