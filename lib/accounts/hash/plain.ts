// {PLAIN}: the password as it is. Nothing of that is stored: an import hashes it at once (index.ts `plainOf`), so
// this family only exists to be recognised.
import { isSame, type Scheme } from './scheme.ts';

export const plain: Scheme = {
  names: ['PLAIN', 'CLEAR', 'CLEARTEXT'],
  isSlow: false,
  accepts: (body) => body !== '' && body.length <= 1024,
  verify: (body, password) => isSame(body, password),
};
