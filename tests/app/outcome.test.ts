// The head of a message's story in the panel: the last word of each recipient, and what the page that explains is asked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventView } from '#components/admin/event-list.tsx';
import { readOutcomes, readQuestion } from '../../app/(admin)/admin/events/outcome.ts';

const event = (kind: string, change: Partial<EventView> = {}): EventView => {
  const nothing = { recipient: '', remote: '', reason: '', text: '' };
  return {
    id: kind,
    at: new Date(0),
    traceId: 't',
    kind,
    sender: 'a@far.test',
    ...nothing,
    ...change,
  };
};
const to = (kind: string, recipient: string, change: Partial<EventView> = {}) =>
  event(kind, { recipient, ...change });

describe('the head of a story', () => {
  const cases: [why: string, story: EventView[], found: string[]][] = [
    ['nothing without recipients', [event('received')], []],
    [
      'the last word of each',
      [
        event('received'),
        to('queued', 'b@x.test'),
        to('delivered', 'c@own.test'),
        to('deferred', 'b@x.test'),
        to('sent', 'b@x.test'),
      ],
      ['b@x.test sent', 'c@own.test delivered'],
    ],
    ['what was refused at the door', [to('refused', 'd@own.test')], ['d@own.test refused']],
    [
      'nothing of the report to the sender',
      [event('received'), to('bounced', 'b@x.test'), to('delivered', 'a@far.test', { sender: '' })],
      ['b@x.test bounced'],
    ],
    [
      'reports themselves, which have no sender',
      [event('received', { sender: '' }), to('delivered', 'b@own.test', { sender: '' })],
      ['b@own.test delivered'],
    ],
    [
      'nothing of what administrators do',
      [event('received'), to('queued', 'b@x.test'), to('changed', 'b@x.test')],
      ['b@x.test queued'],
    ],
  ];
  for (const [why, story, found] of cases) {
    it(why, () => {
      const told = readOutcomes(story).map(({ recipient, kind }) => `${recipient} ${kind}`);
      assert.deepEqual(told, found);
    });
  }

  it('asks of a mail from outside what its server said', () => {
    const detail = { helo: 'mx.far.test', protocol: 'ESMTPS' };
    const story = [
      event('received', { remote: '192.0.2.7', detail }),
      to('delivered', 'b@own.test'),
      to('delivered', 'c@own.test'),
    ];
    assert.deepEqual(readQuestion(story), {
      client: '192.0.2.7',
      from: 'a@far.test',
      to: 'b@own.test c@own.test',
      helo: 'mx.far.test',
    });
  });

  it('asks nothing of mail of users, of the server itself, and of nobody', () => {
    const end = to('sent', 'b@x.test');
    const from = (detail: object) =>
      event('received', { remote: '192.0.2.7', detail: { ...detail } });
    assert.equal(readQuestion([from({ protocol: 'UTF8SMTPSA' }), end]), null);
    assert.equal(readQuestion([to('refused', 'b@x.test', from({ listener: 'submission' }))]), null);
    assert.equal(readQuestion([event('received'), end]), null);
    assert.equal(readQuestion([from({ protocol: 'ESMTP' })]), null);
    assert.equal(readQuestion([]), null);
  });
});
