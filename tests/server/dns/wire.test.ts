// The bytes of the DNS: what is asked, and answers that were made to break the reader.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeAnswer, encodeQuestion, readName } from '#server/dns/wire.ts';
import { createRandom } from '#tests/support/random.ts';

/** An answer to "far.test MX": one record "10 mx.far.test", names compressed. */
function makeAnswer(): Buffer {
  const question = encodeQuestion(7, 'far.test', 'MX').subarray(0, 12 + 10 + 4);
  const bytes = Buffer.concat([
    question,
    Buffer.from([0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 7, 0, 10, 2, 0x6d, 0x78, 0xc0, 12]),
  ]);
  bytes.writeUInt16BE(0x81a0, 2);
  bytes.writeUInt16BE(1, 6);
  bytes.writeUInt16BE(0, 10);
  return bytes;
}

describe('the bytes of the DNS', () => {
  it('ask for DNSSEC and AD', () => {
    const bytes = encodeQuestion(0x1234, 'far.test', 'TLSA');
    assert.equal(bytes.readUInt16BE(0), 0x1234);
    assert.equal(bytes.readUInt16BE(2), 0x0120);
    assert.equal(bytes.subarray(-11).toString('hex'), '00002904d0000080000000');
  });

  it('are read back', () => {
    const answer = decodeAnswer(makeAnswer());
    assert.deepEqual(
      [answer?.id, answer?.rcode, answer?.isAuthentic, answer?.isTruncated, answer?.question],
      [7, 0, true, false, { name: 'far.test', type: 15 }],
    );
    const [record] = answer?.answers ?? [];
    assert.equal(record?.name, 'far.test');
    assert.equal(readName(makeAnswer(), (record?.start ?? 0) + 2).name, 'mx.far.test');
  });

  it('cut at every place are no answer', () => {
    const bytes = makeAnswer();
    for (let end = 0; end < bytes.length; end++) {
      assert.equal(decodeAnswer(bytes.subarray(0, end)), null, `${end}`);
    }
  });

  it('never run in circles, and throw nothing else', () => {
    const bytes = makeAnswer();
    bytes.writeUInt16BE(0xc000 | 26, 26);
    assert.equal(decodeAnswer(bytes), null);
    const random = createRandom(5);
    for (let round = 0; round < 5000; round++) {
      const broken = makeAnswer();
      for (let hit = 0; hit < 3; hit++) {
        broken[random.below(broken.length)] = random.below(256);
      }
      decodeAnswer(broken);
    }
  });
});
