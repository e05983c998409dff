// COMPRESS (RFC 4978 §3). The connection turns compression on behind the tagged line.
import { readSetting } from '#lib/settings/index.ts';
import { no, ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const compress = defineCommand<string>({
  name: 'COMPRESS',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const algorithm = cursor.keyword();
    cursor.expectEnd();
    return algorithm;
  },
  // biome-ignore lint/correctness/useYield: there is nothing to say before the tagged line
  async *run(session, algorithm) {
    if (algorithm !== 'DEFLATE') return no('This algorithm is not known', 'CANNOT');
    if (session.isCompressed) return no('Compression is active already', 'COMPRESSIONACTIVE');
    if (!(await readSetting('imap.compression'))) {
      return no('Compression is switched off', 'CANNOT');
    }
    return { ...ok('Compression begins'), next: 'compress' };
  },
});
