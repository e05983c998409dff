// Every command, in the order of a session. A new one is a line here.
import { capa } from './capa.ts';
import { dele, noop, quit, rset } from './changing.ts';
import type { Command } from './command.ts';
import { retr, top } from './fetching.ts';
import { lang, utf8 } from './language.ts';
import { list, stat, uidl } from './listing.ts';
import { auth, pass, stls, user } from './login.ts';

export const commands: readonly Command[] = [
  capa,
  lang,
  utf8,
  stls,
  user,
  pass,
  auth,
  stat,
  list,
  uidl,
  retr,
  top,
  dele,
  rset,
  noop,
  quit,
];
