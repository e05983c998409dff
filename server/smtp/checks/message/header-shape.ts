// Walls against headers that no program writes and that readers understand differently: NUL octets, a name
// whose colon stands on the next line, fields and headers without measure (RFC 5322 §2.1.1, §2.2).
import type { HeaderField } from '#lib/mail/header.ts';
import { scanFields } from '#lib/mail/header.ts';
import { pass, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { blame } from '../strict.ts';

const addressFields = /^(?:resent-)?(?:to|cc|bcc|from|sender|reply-to)$/;

export const headerShape: Check<'data'> = {
  name: 'header-shape',
  title: 'Shape of the header',
  settings: ['content.headerBytes', 'content.headerFieldBytes', 'content.headerAddresses'],
  run({ settings, fields, body }) {
    const { header } = body.facts;
    if (header.length > settings['content.headerBytes'])
      return refuse('header-too-big', 'The header of the message is too large');
    const longest = settings['content.headerFieldBytes'];
    const long = fields.find(({ start, end }) => end - start > longest);
    if (long) {
      const note = `${long.name.slice(0, 100)} has ${long.end - long.start} bytes`;
      return refuse('header-too-big', 'A field of the header is too long', note);
    }
    if (header.includes(0)) return refuse('bad-header', 'The header has a NUL in it');
    return findFoldedName(header) ?? countAddresses(fields, settings['content.headerAddresses']);
  },
};

/** Off unless wanted: many old programs write so. */
export const eightBitHeader: Check<'data'> = {
  name: 'eight-bit-header',
  title: 'Raw letters beyond ASCII in the header',
  audience: 'strangers',
  isOn: (settings) => settings['content.eightBitHeader'] !== 'off',
  settings: ['content.eightBitHeader'],
  run({ settings, transaction, body }) {
    // RFC 6531 §3.1: with SMTPUTF8 they may be there.
    if (transaction.isSmtpUtf8 || !body.facts.header.some((byte) => byte > 0x7f)) return pass;
    const text = 'The header has letters beyond ASCII that are not encoded';
    return blame(settings['content.eightBitHeader'], 'bad-header', text, '8-bit header');
  },
};

/** "From", line end, " : x" is no field, and to some readers the author. */
function findFoldedName(header: Buffer): Verdict | null {
  let isFound = false;
  scanFields(header, (start, nameEnd, _valueStart, end) => {
    if (nameEnd !== start) return;
    const text = header.toString('latin1', start, Math.min(end, start + 1000));
    isFound = /^[!-9;-~]+[ \t]*(?:\r?\n[ \t]+)+:/.test(text);
    return !isFound;
  });
  return isFound
    ? refuse('bad-header', 'A field name in the header has its colon elsewhere')
    : null;
}

function countAddresses(fields: HeaderField[], limit: number): Verdict {
  let count = 0;
  for (const { key, rawValue } of fields) {
    if (!addressFields.test(key)) continue;
    for (let at = rawValue.indexOf('@'); at >= 0; at = rawValue.indexOf('@', at + 1)) count++;
  }
  if (count <= limit) return pass;
  return refuse('header-too-big', 'The header names too many addresses', `${count} addresses`);
}
