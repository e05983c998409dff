// Malformed YAML is given up early: what is counted is what was told, not the time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFile } from '#lib/configuration/file.ts';
import { readYaml } from '#lib/configuration/yaml.ts';

const many = 80_000;

describe('a large malformed file', () => {
  const deep = /nested too deep/;
  const wrong = /too many mistakes/;
  const cases: [string, string, RegExp, line: number][] = [
    ['lists in lists', '['.repeat(many), deep, 1],
    ['mappings in mappings', 'a: 1\nb: "["\nc: {'.padEnd(many, '{'), deep, 3],
    ['lists in a line', '- '.repeat(many), deep, 1],
    ['keys in a line', '? '.repeat(many), deep, 1],
    ['lists and brackets in turn', '- '.repeat(60) + '[- '.repeat(many), deep, 1],
    ['keys in brackets', `{${'? '.repeat(many)}`, deep, 1],
    ['brackets by lines', '[a,\n'.repeat(many), deep, 51],
    ['spaces', `a:\n${' '.repeat(many)}b: 1`, deep, 2],
    ['closing brackets', ']'.repeat(many), wrong, 1],
    ['commas', `a: [${','.repeat(many)}]`, wrong, 1],
    ['anchors', '&a '.repeat(many), wrong, 1],
    ['tags', '!a '.repeat(many), wrong, 1],
    ['tabs', '\t- x\n'.repeat(many), wrong, 101],
    ['texts in quotes', '"a" '.repeat(many), wrong, 1],
    ['directives', '%a\n'.repeat(many), wrong, 101],
  ];
  for (const [reason, text, expected, line] of cases) {
    it(`${reason}: says one thing, and where`, () => {
      const { problems } = readFile(text, String);
      assert.equal(problems.length, 1, JSON.stringify(problems.slice(0, 3)));
      assert.match(problems[0]!.text, expected);
      assert.equal(problems[0]!.line, line);
    });
  }
});

describe('YAML in bounds', () => {
  it('may be large, have brackets in texts, and blocks of text with many spaces', () => {
    const text = [
      `a: "${'['.repeat(1000)}"`,
      `b: ${'x['.repeat(1000)}`,
      'c: |',
      `  ${'[{'.repeat(1000)}`,
      `  ${' '.repeat(2000)}x`,
      `# ${'['.repeat(1000)}`,
      'd:',
      ...Array.from({ length: 5000 }, (_, row) => `  - { e: [${row}], f: "g" }`),
    ].join('\n');
    const { document, mistakes } = readYaml(text);
    assert.deepEqual(mistakes, []);
    assert.equal((document!.toJS() as { d: unknown[] }).d.length, 5000);
  });

  it('may be JSON in one line', () => {
    const whole = { a: Array.from({ length: 500 }, (_, row) => ({ b: row, c: [{ d: 'e' }] })) };
    const { document, mistakes } = readYaml(JSON.stringify(whole));
    assert.deepEqual(mistakes, []);
    assert.deepEqual(document!.toJS(), whole);
  });

  it('tells every mistake of a few, with its line', () => {
    const { mistakes } = readYaml('a: b: c\nd: [1\ne: 2\n');
    assert.ok(mistakes.length >= 2 && mistakes.length < 100);
    assert.equal(mistakes[0]?.line, 1);
  });

  it('has one document', () => {
    const { mistakes } = readYaml('a: 1\n---\nb: 2\n---\nc: 3\n');
    assert.deepEqual(mistakes, [{ line: 2, text: 'A file has one document.' }]);
  });
});
