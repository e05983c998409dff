// Messages before and after they are made fit for a server: golden/NAME.eml, and what becomes of it in
// golden/NAME.seven.eml and NAME.short.eml (lines end with LF there). DREY_GOLDEN=write writes them anew: read them.
import assert from 'node:assert/strict';
import { isAscii } from 'node:buffer';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeCharset } from '#lib/mail/charset.ts';
import { splitHeader } from '#lib/mail/header.ts';
import { eachPart, type Part, parseMime } from '#lib/mail/mime.ts';
import { decodeTransfer } from '#lib/mail/transfer.ts';
import { shortenLinesApart, toSevenBitApart } from '#server/delivery/convert/apart.ts';
import { hasLongLine } from '#server/delivery/convert/lines.ts';
import { toSevenBit, Unconvertible } from '#server/delivery/convert/seven-bit.ts';
import { shortenLines } from '#server/delivery/convert/short-lines.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';
import { createRandom } from '#tests/support/random.ts';

const folder = join(import.meta.dirname, 'golden');
const names = readdirSync(folder)
  .filter((name) => /^[^.]+\.eml$/.test(name))
  .map((name) => name.slice(0, -'.eml'.length));

function read(name: string): Buffer {
  const text = readFileSync(join(folder, name), 'latin1');
  return Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
}

/** Compares with the golden file, or writes it. */
function compare(name: string, found: Buffer | string): void {
  const text = found.toString('latin1').replaceAll('\r\n', '\n');
  if (process.env.DREY_GOLDEN === 'write') writeFileSync(join(folder, name), text, 'latin1');
  assert.equal(text, readFileSync(join(folder, name), 'latin1'));
}

async function convert(message: Buffer): Promise<Buffer | string> {
  return toSevenBit(message).catch((error) => {
    if (error instanceof Unconvertible) return `cannot be converted: ${error.message}\n`;
    throw error;
  });
}

/** What a reader sees of each part, whatever its encoding; composite parts by their type. */
function readParts(message: Buffer): string[] {
  const seen: string[] = [];
  eachPart(parseMime(message), (part: Part) => {
    const kind = `${part.type}/${part.subtype}`;
    if (part.type === 'multipart' || part.message) return void seen.push(kind);
    const content = decodeTransfer(message.subarray(part.bodyStart, part.bodyEnd), part.encoding);
    const isText = part.type === 'text';
    seen.push(
      `${kind} ${isText ? decodeCharset(content, part.parameters.charset ?? '') : content.toString('hex')}`,
    );
  });
  return seen;
}

describe('seven bits', () => {
  for (const name of names.filter((one) => !one.startsWith('long-'))) {
    it(name, async () => {
      const before = read(`${name}.eml`);
      const after = await convert(before);
      compare(`${name}.seven.eml`, after);
      if (!Buffer.isBuffer(after)) return;
      assert.ok(isAscii(after.subarray(splitHeader(after).bodyStart)));
      assert.deepEqual(await convert(after), after, 'a second time changes nothing');
      if (name !== 'message-global') assert.deepEqual(readParts(after), readParts(before));
    });
  }

  it('leaves seven bits alone', async () => {
    const plain = Buffer.from('From: ada@own.test\r\n\r\nbody\r\n');
    assert.deepEqual(await convert(plain), plain);
  });

  it('takes a large part in slices, and a line without an end', async () => {
    const head = 'From: a@own.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
    for (const body of [
      `${'word '.repeat(20_000)}é${'x'.repeat(200_000)}`,
      'é\r\n'.repeat(80_000),
    ]) {
      const after = await convert(Buffer.from(head + body));
      assert.ok(Buffer.isBuffer(after) && isAscii(after) && !/[^\r\n]{77}/.test(after.toString()));
      const { bodyStart, bodyEnd, encoding } = parseMime(after);
      const content = decodeTransfer(after.subarray(bodyStart, bodyEnd), encoding);
      assert.ok(content.equals(Buffer.from(body)));
    }
  });
});

describe('short lines', () => {
  for (const name of [...names.filter((one) => one.startsWith('long-')), 'signed-seven']) {
    it(name, async () => {
      const before = read(`${name}.eml`);
      assert.ok(hasLongLine(before));
      const after = await shortenLines(before);
      compare(`${name}.short.eml`, after);
      assert.equal(hasLongLine(after), name === 'signed-seven', 'what is signed stays');
      assert.deepEqual(readParts(after), readParts(before));
    });
  }
});

describe('large messages', () => {
  const head = 'From: a@own.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';

  it('are converted in a thread, to the same', async () => {
    const eight = Buffer.from(head + 'mit einem ü darin\r\n'.repeat(20_000));
    assert.ok((await toSevenBitApart(eight)).equals(await toSevenBit(eight)));
    const long = Buffer.from(`${head}${'x'.repeat(300_000)}\r\n`);
    assert.ok((await shortenLinesApart(long)).equals(await shortenLines(long)));
    const short = Buffer.from(head + 'short\r\n'.repeat(50_000));
    assert.equal(await shortenLinesApart(short), short);
  });

  it('are refused there with the reason', async () => {
    const partial = read('partial.eml').toString('latin1') + 'x\r\n'.repeat(200_000);
    await assert.rejects(toSevenBitApart(Buffer.from(partial, 'latin1')), Unconvertible);
  });
});

describe('hostile messages', () => {
  it('are converted, or refused with a reason, and never anything else', async () => {
    for (const [, make] of mimeBombs.filter(([what]) => /multipart|messages|boundary/.test(what))) {
      const bytes = Buffer.from(`${make()}\r\né${'x'.repeat(1200)}\r\n`);
      await convert(bytes);
      await shortenLines(bytes);
    }
  });

  it('mutations of good ones too', async () => {
    const random = createRandom(8);
    for (const name of names) {
      const good = read(`${name}.eml`);
      for (let round = 0; round < 40; round++) {
        const bytes = Buffer.from(good);
        for (let n = 0; n < 4; n++) bytes[random.below(bytes.length)] = random.below(256);
        const after = await convert(bytes);
        if (Buffer.isBuffer(after)) {
          assert.ok(isAscii(after.subarray(splitHeader(after).bodyStart)) || !isAscii(bytes), name);
        }
        await shortenLines(bytes);
      }
    }
  });
});
