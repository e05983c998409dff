// The generated pages are fresh, and every standard that the sources cite stands in the index.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  describeApi,
  describeSettings,
  describeStandards,
  findCitations,
} from '../docs/generate.ts';
import { standards } from '../docs/standards.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', 'docs', name), 'utf8');

describe('generated pages', () => {
  it('are what npm run docs makes', () => {
    assert.equal(read('api.md'), describeApi(), 'run "npm run docs"');
    assert.equal(read('settings.md'), describeSettings(), 'run "npm run docs"');
    assert.equal(read('standards.md'), describeStandards(), 'run "npm run docs"');
  });

  it('know every standard that the sources cite', () => {
    const known = new Set(standards.map((standard) => standard.number));
    assert.deepEqual([...findCitations().difference(known)], []);
  });
});
