// API tokens: one that was made can be taken away.
import { recordedApiToken, removeApiToken } from '#lib/accounts/api-token.ts';
import type { Revertible } from '../section.ts';

const never = async () => {
  throw new Error('tokens are made on their own page');
};

export const apiTokenKind: Revertible = {
  recorded: recordedApiToken,
  refuses: {
    changed: 'A token is not changed: take it away and make another one.',
    removed: 'Nobody knows its secret any more: make a new one.',
  },
  add: never,
  change: never,
  remove: removeApiToken,
};
