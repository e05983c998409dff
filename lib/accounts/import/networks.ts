// mynetworks (postconf(5)): networks with commas or blanks between them. This machine itself is trusted anyway. Pure.
import { isRefusal } from '../../errors.ts';
import { parseCidr } from '../network.ts';
import type { Parsed, Problem } from './lines.ts';

export type NetworkEntry = { cidr: string };

const own = new Set(['127.0.0.0/8', '127.0.0.1/32', '::1/128', '::ffff:127.0.0.0/104']);

/** Networks as they are stored. */
export function parseNetworks(text: string): Parsed<NetworkEntry> {
  const entries: (NetworkEntry & { line: number })[] = [];
  const problems: Problem[] = [];
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const words = row
      .replace(/^\s*mynetworks\s*=/, '')
      .replace(/(^|\s)#.*$/, '')
      .split(/[\s,]+/);
    for (const word of words.filter((each) => each !== '')) {
      const read = readNetwork(word);
      if ('reason' in read) problems.push({ line, ...read });
      else if (!own.has(read.cidr)) entries.push({ line, ...read });
    }
  }
  return { entries, problems };
}

function readNetwork(word: string): NetworkEntry | { reason: string } {
  if (word.startsWith('!')) return { reason: `${word}: an exception is not taken over.` };
  if (word.startsWith('/') || /^[a-z]+:\//i.test(word)) {
    return { reason: `${word}: put what stands in that file here.` };
  }
  try {
    const { address, bits } = parseCidr(word.replace(/^\[(.*)\]/, '$1'));
    return { cidr: `${address}/${bits}` };
  } catch (error) {
    if (isRefusal(error)) return { reason: `${word.slice(0, 100)}: ${error.message}` };
    throw error;
  }
}
