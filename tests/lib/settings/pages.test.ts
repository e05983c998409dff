// Names of lists and pages, which are no settings: what leads there from the command line.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggestNames } from '#lib/settings/find.ts';
import { findPagesNamed, pages } from '#lib/settings/pages.ts';
import { loadCommands } from '#server/cli/commands.ts';

const commands = await loadCommands();
const cases: [search: string, hrefs: string[], command: string | undefined][] = [
  ['mynetworks', ['/admin/networks'], 'network'],
  ['MyNetworks ', ['/admin/networks'], 'network'],
  ['relayhost', ['/admin/relays'], 'route'],
  ['canonical_maps', ['/admin/rewriting'], 'rewrite'],
  ['virtual_alias_maps', ['/admin/aliases'], 'alias'],
  ['smtpd_client_restrictions', ['/admin/checks', '/admin/access'], 'checks'],
  ['Networks', ['/admin/networks'], 'network'],
  ['pflogsumm', ['/admin/statistics'], undefined],
  ['nothing is called so', [], undefined],
  ['', [], undefined],
];

describe('names of pages', () => {
  for (const [search, hrefs, command] of cases) {
    it(`"${search}" leads to ${hrefs.join(' and ') || 'nothing'}`, () => {
      const found = findPagesNamed(search);
      assert.deepEqual(
        found.map(({ page }) => page.href),
        hrefs,
      );
      assert.equal(found[0]?.page.command, command);
    });
  }

  it('are found with a slip of the finger', () => {
    assert.deepEqual(suggestNames('mynetwrks').slice(0, 1), ['mynetworks']);
  });

  it('name commands that there are', () => {
    for (const { command } of pages) {
      if (command === undefined) continue;
      const starts = commands.some(({ name }) => `${name} `.startsWith(`${command} `));
      assert.ok(starts, command);
    }
  });
});
