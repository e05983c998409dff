// UTF8 and LANG (RFC 6856 §2, §3). All our texts are English, and ASCII in every mode.
import { err, ok } from '../reply.ts';
import type { Command } from './command.ts';

export const utf8: Command = {
  name: 'UTF8',
  state: 'authorization',
  run(session, text) {
    if (text !== '') return err('UTF8 takes no argument.');
    session.isUtf8 = true;
    return ok('UTF8 enabled.');
  },
};

export const lang: Command = {
  name: 'LANG',
  state: 'any',
  run(_session, text) {
    // RFC 6856 §3.2: i-default is always among them.
    if (text === '') {
      return ok('Language listing follows', {
        lines: ['en English', 'i-default Default language'],
      });
    }
    const range = text.toLowerCase();
    if (range === 'i-default') return ok('i-default Texts are in the default language.');
    // RFC 4647 §3.4: the lookup takes "en-GB" for "en"; "*" leaves the choice to us.
    if (range === '*' || /^en(-[a-z0-9]{1,8})*$/.test(range)) return ok('en Texts are in English.');
    return err('This language is not spoken here.');
  },
};
