// Objects of a backup folder: whole or not there, found again whatever cut them short, and known when damaged.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { ObjectIndex } from '#server/backup/object-index.ts';
import { Objects } from '#server/backup/objects.ts';

const root = mkdtempSync(join(tmpdir(), 'drey-objects-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => join(root, `f${folders++}`);

async function fill(folder: string, bodies: Buffer[]): Promise<string[]> {
  const objects = await Objects.open(folder, true);
  const hashes = [];
  for (const body of bodies) hashes.push(await objects.add(body));
  await objects.seal();
  await objects.close();
  return hashes;
}

const someBodies = () => [
  Buffer.alloc(0),
  Buffer.from('a'),
  Buffer.alloc(200_000, 'text '),
  randomBytes(5000),
  randomBytes(2_000_000),
];

const filesOf = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

it('gives back what was added, and adds nothing twice', async () => {
  const folder = newFolder();
  const bodies = someBodies();
  const hashes = await fill(folder, bodies);
  const objects = await Objects.open(folder, true);
  for (const [index, body] of bodies.entries()) {
    assert.equal(hashes[index], createHash('sha256').update(body).digest('hex'));
    assert.ok((await objects.read(hashes[index]!)).equals(body));
    await objects.add(body);
  }
  assert.deepEqual(objects.added, { objects: 0, storedBytes: 0 });
  assert.deepEqual([...objects.list()].sort(), [...hashes].sort());
  // Also what was not sealed yet.
  const fresh = await objects.add(Buffer.from('fresh'));
  assert.equal((await objects.read(fresh)).toString(), 'fresh');
  await assert.rejects(objects.read('0'.repeat(64)), { reason: 'not-found' });
  await objects.close();
});

it('keeps what is whole in a pack that was cut short, at every byte', async () => {
  const folder = newFolder();
  const bodies = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')];
  const hashes = await fill(folder, bodies);
  const [pack = ''] = filesOf(folder, '.pack');
  const whole = readFileSync(pack);
  for (let length = 0; length <= whole.length; length++) {
    const copy = newFolder();
    mkdirSync(copy);
    writeFileSync(join(copy, 'p-x.pack'), whole.subarray(0, length));
    const objects = await Objects.open(copy, true);
    let readable = 0;
    for (const [index, hash] of hashes.entries()) {
      if (!objects.has(hash)) continue;
      assert.ok((await objects.read(hash)).equals(bodies[index]!));
      readable++;
    }
    // Hash, length and one byte before each.
    const ends = bodies.map((_, last) =>
      bodies.slice(0, last + 1).reduce((sum, body) => sum + 37 + body.length, 0),
    );
    assert.equal(readable, ends.filter((end) => end <= length).length, `at ${length}`);
    // The rest is added again, and all is there.
    for (const body of bodies) await objects.add(body);
    await objects.seal();
    await objects.close();
    const again = await Objects.open(copy, false);
    assert.deepEqual(again.problems, []);
    for (const hash of hashes) await again.read(hash);
    await again.close();
  }
});

it('finds damage in packs, files and indexes', async () => {
  const folder = newFolder();
  const bodies = someBodies();
  const hashes = await fill(folder, bodies);
  const [pack = ''] = filesOf(folder, '.pack');
  const [index = ''] = filesOf(folder, '.index');
  const bytes = readFileSync(pack);
  bytes[bytes.length - 100]! ^= 1;
  writeFileSync(pack, bytes);
  const objects = await Objects.open(folder, false);
  await assert.rejects(objects.read(hashes[3]!), { reason: 'unavailable', message: /damaged/ });
  assert.ok((await objects.read(hashes[2]!)).equals(bodies[2]!));
  await objects.close();
  truncateSync(pack, bytes.length - 50);
  const short = await Objects.open(folder, false);
  await assert.rejects(short.read(hashes[3]!), { reason: 'unavailable' });
  await short.close();
  // A damaged index is made again from the pack; what is damaged there is not listed, so it can be added again.
  appendFileSync(index, 'x');
  const mended = await Objects.open(folder, true);
  assert.equal(mended.problems.length, 1);
  assert.ok(!mended.has(hashes[3]!));
  await mended.add(bodies[3]!);
  await mended.seal();
  await mended.close();
  const large = join(folder, 'large', hashes[4]!.slice(0, 2), hashes[4]!.slice(2));
  truncateSync(large, 1000);
  const last = await Objects.open(folder, false);
  assert.deepEqual(last.problems, []);
  assert.ok((await last.read(hashes[3]!)).equals(bodies[3]!));
  await assert.rejects(last.read(hashes[4]!), { reason: 'unavailable' });
  await last.close();
});

it('takes what claims to be endless for damaged', async () => {
  const folder = newFolder();
  const bodies = [Buffer.from('before'), Buffer.from('behind')];
  const hashes = await fill(folder, bodies);
  const pack = readdirSync(folder).find((name) => name.endsWith('.pack'))!;
  const index = join(folder, pack.replace(/pack$/, 'index'));
  const entries = readFileSync(index).subarray(0, -32);
  // The length of the first entry: 4 GB.
  entries.writeUInt32LE(0xffff_ffff, 8 + 4 + 36);
  const hash = createHash('sha256').update(entries).digest();
  writeFileSync(index, Buffer.concat([entries, hash]));
  const objects = await Objects.open(folder, true);
  for (const [at, body] of bodies.entries()) {
    assert.deepEqual(await objects.read(hashes[at]!), body, 'the index was made again');
  }
  await objects.close();
});

it('sweeps what nobody needs, and nothing else', async () => {
  const folder = newFolder();
  const bodies = [...someBodies(), ...Array.from({ length: 50 }, () => randomBytes(3000))];
  const hashes = await fill(folder, bodies);
  const kept = hashes.filter((_hash, index) => index % 7 === 0);
  const needed = new Set(kept);
  const objects = await Objects.open(folder, true);
  const freed = await objects.sweep((hash) => needed.has(hash.toString('hex')));
  assert.ok(freed > 2_000_000);
  const after = await Objects.open(folder, false);
  assert.deepEqual([...after.list()].sort(), [...kept].sort());
  for (const hash of kept) await after.read(hash);
  await after.close();
  assert.equal(filesOf(folder, '.pack').length, 1);
});

it('counts a million hashes in flat memory', () => {
  const index = new ObjectIndex();
  const hashes = Array.from({ length: 5000 }, (_, each) =>
    createHash('sha256').update(String(each)).digest(),
  );
  for (const [place, hash] of hashes.entries()) {
    assert.ok(index.set(hash, { pack: place, offset: place * 2, length: place + 1 }));
  }
  assert.equal(index.size, 5000);
  for (const [place, hash] of hashes.entries()) {
    assert.deepEqual(index.find(hash), { pack: place, offset: place * 2, length: place + 1 });
  }
  assert.equal(index.find(randomBytes(32)), null);
  assert.equal(index.add(hashes[0]!), false);
});
