// Places for connections of the web app: in all, for one client, and free again once a connection has closed.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { Places } from '#server/web/places.ts';

/** A connection as far as it is looked at. */
function connect(remoteAddress: string): Socket {
  const destroy = function (this: EventEmitter) {
    this.emit('close');
  };
  return Object.assign(new EventEmitter(), { remoteAddress, destroy }) as unknown as Socket;
}

describe('places for connections of the web app', () => {
  it('are so many for one client, by its network in IPv6', () => {
    const places = new Places({ most: 100, mostOfAddress: 2 });
    const same = ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map(connect);
    assert.deepEqual(
      same.map((socket) => places.take(socket)),
      [true, true, false],
    );
    assert.ok(places.take(connect('2001:db8:0:1::1')), 'another client');
    assert.equal(places.count, 3);
    same[0]?.destroy();
    assert.equal(places.count, 2);
    assert.ok(places.take(connect('2001:db8::4')), 'in the place of the first');
    assert.ok(!places.take(connect('2001:db8::5')));
  });

  it('are enough for a proxy on this machine, but not without end', () => {
    const places = new Places({ most: 4, mostOfAddress: 1 });
    const taken = Array.from({ length: 6 }, () => places.take(connect('::ffff:127.0.0.1')));
    assert.deepEqual(taken, [true, true, true, true, false, false]);
  });
});
