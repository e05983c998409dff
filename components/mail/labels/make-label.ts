// A new label: its keyword is made of its name, since other programs show that. Pure.
import type { Label, LabelColour } from '#lib/preferences/folders.ts';

const colours: readonly LabelColour[] = [
  ...(['blue', 'green', 'orange', 'violet', 'teal', 'red', 'pink', 'yellow', 'grey'] as const),
];

/** A label of a name, with a keyword that no other has and the colour used least. */
export function makeLabel(name: string, labels: readonly Label[]): Label {
  const clean = name.trim().slice(0, 60);
  const taken = new Set(labels.map(({ keyword }) => keyword.toLowerCase()));
  const first = keywordOf(clean);
  let keyword = first;
  for (let number = 2; taken.has(keyword.toLowerCase()); number++) keyword = `${first}-${number}`;
  const uses = (colour: LabelColour) => labels.filter((each) => each.colour === colour).length;
  const colour = [...colours].sort((a, b) => uses(a) - uses(b))[0]!;
  return { keyword, name: clean, colour, isShown: true };
}

/** An atom (RFC 9051 §9) of at most 40 characters: the name without accents, or a number where it is in no Latin letters. */
function keywordOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  if (plain !== '') return plain;
  let sum = 0;
  for (const character of name) sum = (Math.imul(sum, 31) + character.codePointAt(0)!) >>> 0;
  return `label_${sum.toString(36)}`;
}
