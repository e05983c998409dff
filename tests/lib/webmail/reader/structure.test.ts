// What is shown and what is an attachment, from BODYSTRUCTURE alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageStructureObject } from 'imapflow';
import { readStructure } from '#lib/webmail/reader/structure.ts';

type Node = MessageStructureObject;
const leaf = (part: string, type: string, more: Partial<Node> = {}): Node => ({
  part,
  type,
  size: 100,
  ...more,
});
const multi = (subtype: string, ...childNodes: Node[]): Node => ({
  type: `multipart/${subtype}`,
  childNodes,
});

describe('readStructure', () => {
  it('shows a single text', () => {
    const { bodies, attachments } = readStructure(leaf('1', 'text/plain'));
    assert.deepEqual([bodies.length, bodies[0]?.shown.isHtml, attachments.length], [1, false, 0]);
  });

  it('prefers HTML and keeps the plain text at hand', () => {
    const { bodies } = readStructure(
      multi('alternative', leaf('1', 'text/plain'), leaf('2', 'text/html')),
    );
    assert.equal(bodies.length, 1);
    assert.equal(bodies[0]?.shown.part, '2');
    assert.equal(bodies[0]?.alternative?.part, '1');
  });

  it('finds inline images of HTML and leaves them out of what counts as attached', () => {
    const found = readStructure(
      multi(
        'alternative',
        leaf('1', 'text/plain'),
        multi('related', leaf('2.1', 'text/html'), leaf('2.2', 'image/png', { id: '<logo@x>' })),
      ),
    );
    assert.equal(found.bodies[0]?.shown.part, '2.1');
    assert.equal(found.inlineImages[0]?.contentId, 'logo@x');
    assert.equal(found.hasAttachments, false);
  });

  it('takes a text marked as attachment for one, also HTML', () => {
    const found = readStructure(
      multi(
        'mixed',
        leaf('1', 'text/plain'),
        leaf('2', 'text/html', {
          disposition: 'attachment',
          dispositionParameters: { filename: 'a.html' },
        }),
        leaf('3', 'message/rfc822', { envelope: { subject: 'Hi' } }),
      ),
    );
    assert.equal(found.bodies.length, 1);
    assert.deepEqual(
      found.attachments.map((each) => each.fileName),
      ['a.html', 'Hi.eml'],
    );
    assert.equal(found.hasAttachments, true);
  });

  it('cuts what no honest message has: depth and number', () => {
    let deep: Node = leaf('1', 'text/plain');
    for (let i = 0; i < 200; i++) deep = multi('mixed', deep);
    assert.equal(readStructure(deep).bodies.length, 0);
    const many = multi(
      'mixed',
      ...Array.from({ length: 5000 }, (_, i) => leaf(`${i + 1}`, 'image/png')),
    );
    assert.ok(readStructure(many).attachments.length <= 501);
  });
});
