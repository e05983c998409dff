// Which language, region and direction a request gets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directionOf, isTimeZone, pickLocale, pickRegion } from '#lib/i18n/locales.ts';

describe('pickLocale', () => {
  const cases: [header: string, locale: string, reason: string][] = [
    ['de-AT,de;q=0.9,en;q=0.8', 'de', 'the first'],
    ['nl,fr;q=0.5', 'fr', 'the first that there is'],
    ['en;q=0.2,es;q=0.9', 'es', 'by weight, not by place'],
    ['am;q=0,en;q=0.1', 'en', 'weight 0 is a no'],
    ['', 'en', 'nothing said'],
    ['*', 'en', 'anything'],
    ['AR-eg', 'ar', 'letters of any size'],
    [`${'x,'.repeat(5000)}de`, 'en', 'a header without end'],
  ];
  for (const [header, locale, reason] of cases) {
    it(reason, () => assert.equal(pickLocale(header), locale));
  }
});

describe('pickRegion', () => {
  it('takes the region of the chosen language', () => {
    assert.equal(pickRegion('en', 'de-AT,en-US;q=0.5'), 'en-US');
    assert.equal(pickRegion('de', 'de-AT,en-US;q=0.5'), 'de-AT');
    assert.equal(pickRegion('ar', 'ar-Arab-EG'), 'ar-EG');
  });
  it('has dates of Britain for English without one', () => {
    assert.equal(pickRegion('en', 'en'), 'en-GB');
    assert.equal(pickRegion('fr', 'en-US'), 'fr');
    assert.equal(pickRegion('en', 'en-<script>'), 'en-GB');
  });
});

it('knows time zones by name only', () => {
  const known = ['Europe/Berlin', 'UTC', 'Africa/Addis_Ababa'];
  const unknown = ['', '+02:00', 'Mars/Base', '../etc', 'x'.repeat(100)];
  assert.deepEqual([known.every(isTimeZone), unknown.some(isTimeZone)], [true, false]);
});

it('writes Arabic from the right', () => {
  assert.deepEqual([directionOf('ar'), directionOf('am')], ['rtl', 'ltr']);
});
