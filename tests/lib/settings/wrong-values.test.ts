// Every setting refuses what is wrong, with a sentence that says what would be right; nothing of it is stored.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { parseBytes, writeBytes } from '#lib/settings/bytes.ts';
import { checkSetting } from '#lib/settings/check.ts';
import { parseSetting, type SettingDefinition, settings } from '#lib/settings/index.ts';

/** Texts that are wrong for each, as somebody may type them; at least one of them is refused. */
function wrongTexts({ control }: SettingDefinition): string[] {
  if (control.kind === 'number') {
    const { min, max } = control;
    return ['many', '', String(min - 1), String(max + 1), String(min + 0.5)];
  }
  if (control.kind === 'bytes') return ['many', '', `${control.max + 1}`, '5 wheels'];
  if (control.kind === 'boolean') return ['perhaps', ''];
  if (control.kind === 'select') return ['nonsense', ''];
  if (control.kind === 'list') return ['a\u0007b', '!'.repeat(5000), 'x '.repeat(5000)];
  return ['a\u0007b', '!'.repeat(20_000)];
}

/** Of another type than a form can send, but a program can. */
const wrongValues = [{}, null, [{}]];

const refusalOf = (definition: SettingDefinition, value: unknown) => {
  try {
    checkSetting(definition, value);
    return null;
  } catch (error) {
    assert.ok(isRefusal(error, 'invalid') && error.field === definition.key, String(error));
    return error.message;
  }
};

describe('wrong values of settings', () => {
  for (const definition of settings) {
    it(definition.key, () => {
      assert.equal(refusalOf(definition, definition.default), null, 'its default is right');
      const texts = wrongTexts(definition).map((text) => [
        text,
        parseSetting(definition.key, text),
      ]);
      const isText = definition.control.kind === 'list' || definition.control.kind === 'text';
      for (const [text, value] of [...texts, ...wrongValues.map((one) => ['', one])]) {
        const said = refusalOf(definition, value);
        const what = `${JSON.stringify(value ?? null).slice(0, 40)}: ${said}`;
        // The second and the third of a list or text may be right.
        if (isText && typeof text === 'string' && /^[!x]/.test(text) && said === null) continue;
        if (definition.control.kind === 'secret' && typeof value === 'string' && !said) continue;
        assert.ok(said, `taken: ${what}`);
        assert.match(said, /^[A-Z].*\.$|:\/\/$|This is no sealed/, what);
        assert.doesNotMatch(said, /expected|invalid|received|zod|Too (big|small)/i, what);
      }
    });
  }

  const sizes: [text: string, bytes: number, written: string][] = [
    ['20M', 20_971_520, '20 MB'],
    ['1.5 GB', 1_610_612_736, '1536 MB'],
    ['1024', 1024, '1 KB'],
    ['1025', 1025, '1025'],
    ['0', 0, '0'],
    ['1T', 1_099_511_627_776, '1 TB'],
  ];
  for (const [text, bytes, written] of sizes) {
    it(`${text} is a size`, () => {
      assert.equal(parseBytes(text), bytes);
      assert.equal(writeBytes(bytes), written);
      assert.equal(parseBytes(written), bytes);
    });
  }
});
