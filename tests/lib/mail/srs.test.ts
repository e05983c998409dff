// Sender rewriting: what the address of a forwarder looks like, and the way back out of it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { canonicalAddress, splitAddress } from '#lib/mail/address.ts';
import { isSrsLocal, unwrapRecipient, wrapSender, writeBase32 } from '#lib/mail/srs.ts';

const signWith = (key: string) => (text: string) =>
  writeBase32(createHmac('sha256', key).update(text).digest(), 8);
const sign = signWith('ours');
const other = signWith('theirs');
const day = 20_778;

const wrap = (sender: string, at = 'own.test', by = sign) => wrapSender(sender, at, by, day);
const unwrap = (address: string, at = day, by = sign) =>
  unwrapRecipient(splitAddress(address).local, by, at);

describe('sender rewriting', () => {
  it('writes base32 as RFC 4648 has it', () => {
    assert.equal(writeBase32(Buffer.from('foobar'), 9), 'MZXW6YTBO');
    assert.equal(writeBase32(Buffer.from('fo'), 99), 'MZX');
  });

  it('keeps hash, time, domain and name', () => {
    assert.match(
      wrap('eve@far.test') ?? '',
      /^SRS0=[A-Z2-7]{8}=[A-Z2-7]{2}=far\.test=eve@own\.test$/,
    );
  });

  const senders = [
    'eve@far.test',
    'Eve.Long+tag@FAR.test',
    'a=b=c@far.test',
    'bounce-123=x=y.test@list.far.test',
    "o'neil@far.test",
    'prvs=1234abcd=eve@far.test',
    `${'x'.repeat(64)}@${'a'.repeat(60)}.test`,
  ];
  for (const sender of senders) {
    it(`leads back to ${sender.slice(0, 40)}`, () => {
      const wrapped = wrap(sender);
      assert.ok(wrapped);
      const { local, domain } = splitAddress(sender);
      assert.equal(unwrap(wrapped), `${local}@${domain.toLowerCase()}`);
      // Some servers write addresses small, and ours stores them so.
      const small = canonicalAddress(wrapped);
      assert.ok(small);
      assert.equal(unwrap(small), sender.toLowerCase());
      assert.equal(unwrap(wrapped.toUpperCase())?.toLowerCase(), sender.toLowerCase());
    });
  }

  const impossible = [
    '"a b"@far.test',
    'eve@[192.0.2.1]',
    'eve',
    '@far.test',
    '',
    `eve@${'a.'.repeat(115)}test`,
  ];
  for (const sender of impossible) {
    it(`leaves ${JSON.stringify(sender.slice(0, 30))} alone`, () =>
      assert.equal(wrap(sender), null));
  }

  it('names the forwarder of what was rewritten before, and no more than one', () => {
    const first = wrap('eve@far.test', 'first.test', other) as string;
    const second = wrap(first, 'own.test') as string;
    const rest = splitAddress(first).local.slice('SRS0'.length);
    assert.match(second, /^SRS1=[A-Z2-7]{8}=first\.test==/);
    assert.equal(unwrap(second), `SRS0${rest}@first.test`);
    const third = wrapSender(second, 'third.test', other, day) as string;
    assert.match(third, /^SRS1=[A-Z2-7]{8}=first\.test==[A-Z2-7]{8}=/);
    assert.equal(unwrap(third, day, other), `SRS0${rest}@first.test`);
    assert.equal(third.length - second.length, 'third'.length - 'own'.length);
  });

  it('takes the other separators that forwarders write', () => {
    const wrapped = wrap('SRS0+abc=de=far.test=eve@first.test') as string;
    assert.match(wrapped, /=first\.test=\+abc=/);
    assert.equal(unwrap(wrapped), 'SRS0+abc=de=far.test=eve@first.test');
  });

  it('ends after three weeks, and a clock that is a day behind does no harm', () => {
    const wrapped = wrap('eve@far.test') as string;
    for (const age of [-1, 0, 1, 21]) assert.ok(unwrap(wrapped, day + age), String(age));
    for (const age of [-2, 22, 300, 1000])
      assert.equal(unwrap(wrapped, day + age), null, String(age));
    assert.ok(unwrap(wrap('x@far.test') as string, day + 1024 + 3), 'the days begin again');
  });

  it('gives nothing for what was changed anywhere', () => {
    const { local } = splitAddress(wrap('eve@far.test') as string);
    let kept = 0;
    for (let at = 0; at < local.length; at++) {
      for (const character of ['a', '7', '=', '.', '@']) {
        const changed = local.slice(0, at) + character + local.slice(at + 1);
        if (changed.toLowerCase() === local.toLowerCase()) continue;
        const found = unwrapRecipient(changed, sign, day);
        // The separators behind the name may be any of the three.
        if (found !== null) kept++;
        assert.ok(found === null || found === 'eve@far.test', changed);
      }
    }
    assert.ok(kept <= 1, String(kept));
    const cut = [
      'SRS0=',
      'SRS0==',
      'SRS0=a=b=c=d',
      'SRS1=',
      'SRS1=a=b==',
      'SRS1=a=b=c',
      `SRS0=${'='.repeat(60)}`,
    ];
    for (const text of cut) assert.equal(unwrapRecipient(text, sign, day), null, text);
    assert.equal(unwrapRecipient(local, other, day), null, 'another key');
  });

  it('does not take the hash of one kind for the other', () => {
    const first = splitAddress(wrap('eve@far.test') as string).local;
    assert.equal(unwrapRecipient(first.replace('SRS0', 'SRS1'), sign, day), null);
    const second = splitAddress(wrap('SRS0=a=bb=far.test=eve@first.test') as string).local;
    assert.equal(unwrapRecipient(second.replace('SRS1', 'SRS0'), sign, day), null);
  });

  it('knows its own', () => {
    for (const local of ['SRS0=x', 'srs1+x', 'SRS0-x']) assert.ok(isSrsLocal(local), local);
    for (const local of ['srs', 'srs0x', 'xsrs0=', 'SRS2=x', ''])
      assert.ok(!isSrsLocal(local), local);
  });
});
