import assert from 'node:assert/strict';
import { it } from 'node:test';
import { renewRows } from '#server/backup/older-rows.ts';

it('relay rules of an older version keep their order and their way', () => {
  const base = { username: '', secret: 's', comment: '' };
  const rules = [
    {
      id: 'd',
      position: 1,
      match: 'default',
      pattern: '',
      host: '2001:db8::1',
      port: 25,
      tlsMode: 'none',
      ...base,
    },
    {
      id: 's',
      position: 2,
      match: 'sender',
      pattern: '<>',
      host: 'a.test',
      port: 587,
      tlsMode: 'required',
      ...base,
    },
    {
      id: 'r',
      position: 9,
      match: 'recipient',
      pattern: 'b.test',
      host: '',
      port: 25,
      tlsMode: 'required',
      ...base,
    },
  ];
  const renewed = renewRows('RelayRule', rules).sort(
    (a, b) => Number(a.position) - Number(b.position),
  );
  assert.deepEqual(
    renewed.map((row) => [
      row.id,
      row.recipient,
      row.sender,
      row.target,
      row.hosts,
      row.tlsMode,
      row.secret,
    ]),
    [
      ['r', 'b.test', '', 'mx', '', 'opportunistic', 's'],
      ['s', '', '<>', 'hosts', 'a.test:587', 'verified', 's'],
      ['d', '', '', 'hosts', '[2001:db8::1]:25', 'none', 's'],
    ],
  );
  assert.deepEqual(renewRows('RelayRule', renewed), renewed);
  assert.ok(!('match' in renewed[0]!));
});
