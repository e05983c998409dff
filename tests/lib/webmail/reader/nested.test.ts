// Messages inside messages, and names in an archive (vectors 47 to 49).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageStructureObject } from 'imapflow';
import { findNested, structureAround } from '#lib/webmail/reader/nested.ts';
import { readStructure } from '#lib/webmail/reader/structure.ts';
import { distinctNames } from '#lib/webmail/reader/zip.ts';

const node = (part: string, type: string, childNodes?: MessageStructureObject[]) =>
  ({ part, type, ...(childNodes ? { childNodes } : {}) }) as MessageStructureObject;

describe('nested messages', () => {
  const inner = node('2', 'multipart/mixed', [node('2.1', 'text/html'), node('2.2', 'image/png')]);
  const root = node('', 'multipart/mixed', [
    node('1', 'text/plain'),
    node('2', 'message/rfc822', [inner]),
    node('3', 'message/rfc822', [node('3', 'text/plain')]),
  ]);
  it('are no text of the outer one', () => {
    assert.deepEqual(
      readStructure(root).bodies.map(({ shown }) => shown.part),
      ['1'],
    );
  });
  it('have parts below their own', () => {
    const found = findNested(root, '2');
    assert.deepEqual(
      readStructure(found?.root).bodies.map(({ shown }) => shown.part),
      ['2.1'],
    );
    assert.equal(readStructure(findNested(root, '3')?.root).bodies[0]?.shown.part, '3.1');
    assert.equal(readStructure(structureAround(root, '2.2')).attachments[0]?.part, '2.2');
    assert.equal(structureAround(root, '1'), root);
    assert.equal(findNested(root, '1'), null);
    assert.equal(findNested(root, '9.9'), null);
  });
  it('may be ten deep, and far deeper ones are an end, not a failure', () => {
    const make = (depth: number, part: string): MessageStructureObject =>
      depth === 0
        ? node(part, 'text/plain')
        : node(part, 'message/rfc822', [make(depth - 1, `${part}.1`)]);
    assert.ok(findNested(make(12, '1'), `1${'.1'.repeat(10)}`));
    assert.doesNotThrow(() => findNested(make(400, '1'), `1${'.1'.repeat(300)}`));
  });
  it('stands in a frame of its own between two others (EFAIL)', () => {
    const sandwich = node('', 'multipart/mixed', [
      node('1', 'text/html'),
      node('2', 'text/plain'),
      node('3', 'text/html'),
    ]);
    assert.equal(readStructure(sandwich).bodies.length, 3);
  });
});

it('names no two files of an archive alike', () => {
  assert.deepEqual(distinctNames(['a.txt', 'A.txt', 'a.txt', 'b', 'b']), [
    'a.txt',
    'A (2).txt',
    'a (3).txt',
    'b',
    'b (2)',
  ]);
});
