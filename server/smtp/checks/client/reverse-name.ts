// The address of a mail server has a name that leads back to it (RFC 1912 §2.1); those of most hijacked
// machines have not.
import { lookUpReverseName } from '../../reverse-name.ts';
import { passed } from '../../verdict.ts';
import { oncePerTransaction } from '../once.ts';
import { blame, doubt } from '../strict.ts';

export const reverseName = oncePerTransaction({
  name: 'reverse-name',
  title: 'Name of the address',
  isOn: (settings) => settings['checks.reverseName'] !== 'off',
  settings: ['checks.reverseName'],
  async judge({ client, settings }) {
    const strictness = settings['checks.reverseName'];
    const found = await lookUpReverseName(client.remote);
    if (found.status === 'ok') return passed(found.name);
    if (found.status === 'failed') {
      return doubt(strictness, 'Your reverse DNS cannot be asked, try again later', found.text);
    }
    const text = `Your address ${client.remote} has no name that leads back to it`;
    return blame(strictness, 'no-reverse-name', text, 'no confirmed name');
  },
});
