// What is told of a sender, and what is not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Authentication } from '#lib/webmail/reader/authentication.ts';
import {
  findImitated,
  isMixedScript,
  isOneEditApart,
  mainDomain,
} from '#lib/webmail/reader/domain-look.ts';
import { findWarnings, type Judged } from '#lib/webmail/reader/warnings.ts';

const proof = (outcome: 'pass' | 'fail' | 'none'): Authentication => ({
  spf: { outcome, domain: '' },
  dkim: { outcome, domain: '' },
  dmarc: { outcome, domain: '' },
  signedBy: [],
});
const from = (address: string, name = '') => [{ name, address }];
const judge = (change: Partial<Judged>) =>
  findWarnings({
    from: from('eve@far.test'),
    replyTo: [],
    authentication: proof('pass'),
    isMailingList: false,
    isOwn: false,
    isKnown: true,
    ownDomains: ['example.test'],
    knownDomains: ['bigbank.test'],
    ...change,
  }).map(({ kind }) => kind);

describe('findWarnings', () => {
  const cases: [why: string, change: Partial<Judged>, kinds: string[]][] = [
    ['a known sender', {}, []],
    ['one never written to', { isKnown: false }, ['first-time']],
    ['a list', { isKnown: false, isMailingList: true }, []],
    ['oneself', { isOwn: true, isKnown: false }, []],
    ['a failed check', { authentication: proof('fail') }, ['failed']],
    [
      'the own domain, unproven',
      { from: from('boss@example.test'), authentication: proof('none') },
      ['own-spoofed'],
    ],
    ['the own domain, from inside', { from: from('boss@example.test'), authentication: null }, []],
    ['rn for m', { from: from('a@exarnple.test'), isKnown: false }, ['look-alike', 'first-time']],
    ['a digit', { from: from('a@b1gbank.test'), isKnown: false }, ['look-alike', 'first-time']],
    [
      'one letter more',
      { from: from('a@bigbannk.test'), isKnown: false },
      ['look-alike', 'first-time'],
    ],
    [
      'the name in front of another',
      { from: from('a@bigbank.test.evil.test'), isKnown: false },
      ['look-alike', 'first-time'],
    ],
    ['a true subdomain', { from: from('a@mail.bigbank.test'), isKnown: false }, ['first-time']],
    ['Cyrillic', { from: from('a@bіgbank.test') }, ['mixed-script']],
    [
      'an address as the name',
      { from: from('eve@far.test', 'pay@bigbank.test') },
      ['name-address'],
    ],
    ['the own address as the name', { from: from('eve@far.test', 'eve@far.test') }, []],
    ['answers elsewhere', { replyTo: from('x@other.test') }, ['reply-elsewhere']],
    ['answers to a subdomain', { replyTo: from('x@help.far.test') }, []],
  ];
  for (const [why, change, kinds] of cases) {
    it(why, () => assert.deepEqual(judge(change), kinds));
  }
});

it('looks at domains as an eye does', () => {
  assert.equal(mainDomain('a.b.shop.co.uk'), 'shop.co.uk');
  assert.equal(isMixedScript('xn--80ak6aa92e.com'), false);
  assert.equal(isMixedScript('раypal.com'), true);
  assert.equal(isOneEditApart('paypal', 'payapl'), true);
  assert.equal(isOneEditApart('paypal', 'paypal'), false);
  assert.equal(findImitated('xn--80ak6aa92e.com', ['apple.com']), 'apple.com');
  assert.equal(findImitated('unrelated.test', ['example.test']), null);
});
