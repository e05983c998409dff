// axe-core on a page as it stands: what is serious or critical, in words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Found = {
  passes: object[];
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
};

/** Colours on their way to others would be measured between the two. */
async function stopTransitions(page: Page): Promise<void> {
  // Not a style element: the policy of the pages forbids one without its nonce.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*{transition:none!important;animation:none!important}');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });
}

/** Serious and critical violations, of all rules or of those named in `only`. */
export async function findViolations(page: Page, only?: string[]): Promise<string[]> {
  await stopTransitions(page);
  // Next streams titles: between two pages the old one has gone for a moment before the new one is there.
  await page.waitForFunction('document.title !== ""');
  if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(axe);
  const options = {
    resultTypes: ['violations'],
    // The frame of a message has an origin of its own and no scripts.
    iframes: false,
    // Style sheets and media are read for two rules alone: one is off, the other is for sound, which we have none of.
    preload: false,
    ...(only ? { runOnly: { type: 'rule', values: only } } : {}),
  };
  const found = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as Found;
  assert.ok(found.passes.length >= (only ? 1 : 6), 'it looked at the page');
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 5)
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 240)}\n${failureSummary}`),
    );
}
