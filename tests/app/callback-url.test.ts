// Where signing in and out may lead: to our own pages, whatever the address asks for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseTarget, isReadable } from '../../app/callback-url.ts';

const own = 'https://mail.test';

describe('where next-auth leads', () => {
  const cases: [string, string, boolean, string][] = [
    ['a page of ours', `${own}/options?tab=2`, true, `${own}/options?tab=2`],
    ['a path', '/options', true, `${own}/options`],
    ['another site', 'https://evil.test/', true, own],
    ['another port', 'https://mail.test:8443/', true, own],
    ['another protocol', 'http://mail.test/', true, own],
    ['a path that is another site', '//evil.test/', true, own],
    ['backslashes', '/\\evil.test/', true, own],
    ['a name that begins alike', 'https://mail.test.evil.test/', true, own],
    ['a name before an @', 'https://mail.test@evil.test/', true, own],
    ['a port that there is not', 'https://mail.test:99999/', false, own],
    ['the same of another site', 'http://evil.test:65536', false, own],
    ['the same behind two slashes', '//evil.test:99999/', false, own],
    ['a port that is no number', 'https://mail.test:x/', false, own],
    ['a script', 'javascript:alert(1)', false, own],
    ['no address', 'https://', false, own],
    ['nothing', '', false, `${own}/`],
  ];
  for (const [reason, asked, isAddress, target] of cases) {
    it(reason, () => {
      assert.equal(isReadable(asked), isAddress);
      assert.equal(chooseTarget(asked, own), target);
    });
  }
});
