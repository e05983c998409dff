// What a rule begins with that is made from a message.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  conditionFrom,
  draftFromHints,
  nextField,
  readHints,
} from '#components/mail/filters/draft.ts';

const hints = readHints({ from: 'bill@far.test', subject: ' Your bill ', list: '', more: 'x' });

describe('a rule from a message', () => {
  it('is about its sender, and names it', () => {
    const draft = draftFromHints(hints);
    assert.deepEqual(
      draft?.conditions.map(({ value }) => value),
      [{ field: 'from', test: 'is', isNot: false, value: 'bill@far.test' }],
    );
    assert.equal(draft?.name, 'bill@far.test');
  });

  it('is about its list where it comes from one', () => {
    const draft = draftFromHints({ ...hints, list: 'walks.far.test' });
    assert.deepEqual(
      draft?.conditions.map(({ value }) => value.field),
      ['list'],
    );
  });

  it('knows the rest of the message once its field is chosen', () => {
    const [from] = draftFromHints(hints)?.conditions ?? [];
    assert.ok(from);
    assert.equal(nextField(hints, [from]), 'subject');
    const subject = { field: 'subject', test: 'contains', isNot: false, value: 'Your bill' };
    assert.deepEqual(conditionFrom(hints, 'subject', from.value), subject);
    assert.deepEqual(conditionFrom(hints, 'body', from.value), {
      field: 'body',
      test: 'contains',
      isNot: false,
      value: '',
    });
  });

  it('keeps what a person wrote when the field changes', () => {
    const written = { field: 'cc', test: 'contains', isNot: false, value: 'wren' } as const;
    assert.deepEqual(conditionFrom(hints, 'body', written), {
      field: 'body',
      test: 'contains',
      isNot: false,
      value: 'wren',
    });
  });

  it('is none where the query says nothing', () => assert.equal(draftFromHints({}), null));
});
