// Names of others' mailboxes: what they may mean.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSharedName, readSharedName, sharedName } from '#server/store/sharing/shared-name.ts';

describe('names of shared mailboxes', () => {
  const cases: [string, string[], string][] = [
    ['Shared/a@x/INBOX', ['a@x INBOX'], 'owner and mailbox'],
    ['Shared/a@x/inbox', ['a@x INBOX'], 'INBOX in any case'],
    ['Shared/a@x/Work/Plans', ['a@x Work/Plans'], 'levels'],
    ['Shared/a/b@x/INBOX', ['a/b@x INBOX'], 'an address with the separator'],
    ['Shared/a@x/b@y/INBOX', ['a@x b@y/INBOX', 'a@x/b@y INBOX'], 'what may be either'],
    ['Shared', [], 'the root'],
    ['Shared/a@x', [], 'an owner'],
    ['Shared/a@x/', [], 'no name behind'],
    ['Shared/nobody/INBOX', [], 'no address'],
    ['shared/a@x/INBOX', [], 'names have a case'],
    ['SharedX/a@x/INBOX', [], 'another root'],
    ['INBOX', [], 'one’s own'],
    ['', [], 'nothing'],
  ];
  for (const [name, meant, why] of cases) {
    it(`reads "${name}": ${why}`, () => {
      const readings = readSharedName(name);
      assert.deepEqual(
        readings.map(({ address, mailboxName }) => `${address} ${mailboxName}`),
        meant,
      );
    });
  }

  it('come back as they were made', () => {
    const name = sharedName('a@x', 'Work/Plans');
    assert.deepEqual(readSharedName(name), [{ address: 'a@x', mailboxName: 'Work/Plans' }]);
    assert.ok(isSharedName(name) && isSharedName('Shared') && !isSharedName('Sharedness'));
  });
});
