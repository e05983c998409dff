// Messages before and after a footer is added: golden/NAME.eml and golden/NAME.after.eml (lines end with LF there). What
// is called not-… gets none. DREY_GOLDEN=write writes them anew: read them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { addFooter } from '#server/delivery/footer/add-footer.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';
import { createRandom } from '#tests/support/random.ts';

const folder = join(import.meta.dirname, 'golden');
const names = readdirSync(folder)
  .filter((name) => /^[^.]+\.eml$/.test(name))
  .map((name) => name.slice(0, -'.eml'.length));
const footer = {
  text: 'Own GmbH, Köln – confidential',
  html: '<p onclick="x()">Own <b>GmbH</b>, Köln – confidential<script>x</script></p>',
};
const plainFooter = { text: 'From own.test\n> with love\n  indented', html: '' };

function read(name: string): Buffer {
  const text = readFileSync(join(folder, `${name}.eml`), 'latin1');
  return Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
}

describe('a footer', () => {
  for (const name of names.filter((one) => one.startsWith('not-'))) {
    it(`is added to none: ${name}`, () => {
      const before = read(name);
      assert.equal(addFooter(before, footer), before);
    });
  }

  for (const name of names.filter((one) => !one.startsWith('not-'))) {
    it(`is added to ${name}`, () => {
      const after = addFooter(read(name), footer);
      const text = after.toString('latin1').replaceAll('\r\n', '\n');
      const golden = join(folder, `${name}.after.eml`);
      if (process.env.DREY_GOLDEN === 'write') writeFileSync(golden, text, 'latin1');
      assert.equal(text, readFileSync(golden, 'latin1'));
      assert.equal(addFooter(after, footer), after, 'not twice');
    });
  }

  it('of plain lines is stuffed where the text is flowed, and made HTML where there is none', () => {
    assert.match(
      addFooter(read('plain-utf8'), plainFooter).toString(),
      /\r\n\r\n From own\.test\r\n > with love\r\n {3}indented\r\n$/,
    );
    assert.match(
      addFooter(read('plain'), plainFooter).toString(),
      /\r\n\r\nFrom own\.test\r\n> with/,
    );
    const rich = addFooter(read('latin1-html'), { text: 'a <b> & c', html: '' }).toString();
    assert.match(rich, /caf=E9\r\n<div>.*a &lt;b&gt; &amp; c.*<\/div>\r\n<\/body>/s);
  });

  it('of HTML alone gives the plain form too', () => {
    const only = { text: '', html: '<p>Own <a href="https://own.test/">home</a></p>' };
    assert.match(
      addFooter(read('plain'), only).toString(),
      /Own home <https:\/\/own\.test\/>\r\n$/,
    );
    const before = read('plain');
    assert.equal(addFooter(before, { text: ' \n', html: '<br>' }), before);
  });

  it('is known again by the words of each form, or by its pictures', () => {
    const forms = [
      { text: 'plain words', html: '<p>other w&ouml;rds</p>' },
      { text: 'plain words', html: '<img src="https://own.test/ä.png">' },
    ];
    for (const each of forms) {
      for (const name of ['latin1-html', 'alternative', 'plain']) {
        const once = addFooter(read(name), each);
        assert.notDeepEqual(once, read(name));
        assert.equal(addFooter(once, each), once, `${name} ${each.html}`);
      }
    }
  });

  it('is not added where a header does not end', () => {
    const boundary = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n';
    for (const text of [
      'From: ada@own.test\r\n',
      'From: ada@own.test',
      `From: ada@own.test\r\n${boundary}Content-Type: text/plain\r\n--b--\r\n`,
    ]) {
      const before = Buffer.from(text);
      assert.equal(addFooter(before, footer), before);
    }
  });

  it('is not added behind a quarter of a megabyte of text, but before a large attachment', () => {
    const head =
      'From: ada@own.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n';
    const attachment = `\r\n--b\r\nContent-Type: image/png\r\n\r\n${'x\r\n'.repeat(900_000)}--b--\r\n`;
    const small = Buffer.from(`${head}text${attachment}`);
    assert.match(addFooter(small, footer).toString('utf8', 0, 400), /Own GmbH|=C3=B6ln/);
    const large = Buffer.from(`${head}${'text\r\n'.repeat(50_000)}${attachment}`);
    assert.equal(addFooter(large, footer), large);
  });

  it('never throws for what a message holds', () => {
    for (const [, make] of mimeBombs.filter(([what]) => /multipart|messages|boundary/.test(what))) {
      addFooter(Buffer.from(make()), footer);
    }
    const random = createRandom(6);
    for (const name of names) {
      const good = read(name);
      for (let round = 0; round < 40; round++) {
        const bytes = Buffer.from(good);
        for (let n = 0; n < 4; n++) bytes[random.below(bytes.length)] = random.below(256);
        addFooter(bytes, footer);
      }
    }
  });
});
