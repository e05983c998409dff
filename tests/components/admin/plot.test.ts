// The lines of plots and their words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawArea, drawLine, type Format, findTop } from '#components/admin/plot/geometry.ts';
import { formatPoint, formatShort, formatValue } from '#components/admin/plot/words.ts';

describe('scale', () => {
  const cases: [number, Format, number][] = [
    [0, 'count', 1],
    [0.3, 'count', 1],
    [1, 'count', 1],
    [1.1, 'count', 2],
    [21, 'count', 50],
    [999, 'count', 1000],
    [0.03, 'seconds', 0.05],
    [3, 'percent', 5],
    [51, 'percent', 100],
    [0, 'bytes', 1024],
    [3000, 'bytes', 5 * 1024],
    [700 * 2 ** 20, 'bytes', 1000 * 2 ** 20],
    [1.5 * 2 ** 30, 'bytes', 2 * 2 ** 30],
  ];
  for (const [most, format, top] of cases) {
    it(`of ${most} as ${format} ends at ${top}`, () => {
      assert.ok(Math.abs(findTop(most, format) - top) < 1e-9, String(findTop(most, format)));
    });
  }
});

describe('lines', () => {
  it('go from left to right, the highest on top', () => {
    assert.equal(drawLine([0, 5, 10], 10), 'M0 200L500 100L1000 0');
    assert.equal(drawArea([0, 5, 10], 10), 'M0 200L0 200L500 100L1000 0L1000 200Z');
  });

  it('have gaps where nothing is known, and a dot for a lone point', () => {
    assert.equal(drawLine([10, null, 0, 0], 10), 'M0 0m-3 0h6M666.7 200L1000 200');
    assert.equal(drawArea([10, null, 0, 0], 10), 'M666.7 200L666.7 200L1000 200L1000 200Z');
    assert.equal(drawLine([null, null], 10), '');
    assert.equal(drawLine([], 10), '');
    assert.equal(drawLine([10], 10), 'M500 0m-3 0h6');
  });

  it('never leave the box', () => {
    assert.equal(drawLine([20, 20], 10), 'M0 0L1000 0');
  });
});

describe('words', () => {
  const cases: [number | null, Format, string][] = [
    [null, 'count', '–'],
    [1234, 'count', '1,234'],
    [1.26, 'count', '1.3'],
    [12.5, 'percent', '12.5 %'],
    [2048, 'bytes', '2 KB'],
    [0, 'seconds', '0 s'],
    [0.0123, 'seconds', '12 ms'],
    [0.0001, 'seconds', '1 ms'],
    [1.25, 'seconds', '1.3 s'],
    [600, 'seconds', '10 min'],
    [9000, 'seconds', '2.5 h'],
    [200_000, 'seconds', '2.3 d'],
  ];
  for (const [value, format, text] of cases) {
    it(`${value} as ${format} is ${text}`, () => assert.equal(formatValue(value, format), text));
  }

  it('are short where there is little room', () => {
    assert.equal(formatShort(12_345, 'count'), '12.3K');
    assert.equal(formatShort(999, 'count'), '999');
  });

  it('name a moment as its step makes sense; days are those of UTC', () => {
    const ms = Date.parse('2026-11-21T23:30:00Z');
    assert.equal(formatPoint(ms, 60, 'UTC'), '23:30');
    assert.match(formatPoint(ms, 3600, 'UTC'), /^21 Nov, 23:30$/);
    assert.equal(formatPoint(ms, 86_400, 'Pacific/Auckland'), '21 Nov');
  });
});
