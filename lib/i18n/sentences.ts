// What lib/ says in English (the texts of refusals, of zod) in the user's language: the sentence is looked up among
// the English texts, where "{name}" stands for anything, and its key gives the other language. What has no key
// stays English.
import { flattenTexts, type Texts } from './texts.ts';

export type Sentences = (text: string) => string;

/** A translator from `english` to `other`, two files of the same keys. */
export function sentencesOf(english: Texts, other: Texts): Sentences {
  const wanted = new Map(flattenTexts(other));
  const whole = new Map<string, string>();
  const patterns: { pattern: RegExp; key: string }[] = [];
  for (const [key, text] of flattenTexts(english)) {
    if (/\{\w+\}/.test(text)) patterns.push({ pattern: patternOf(text), key });
    else whole.set(text, key);
  }
  return (text) => {
    const key = whole.get(text);
    if (key !== undefined) return wanted.get(key) ?? text;
    // Longer ones could make the patterns slow.
    if (text.length > 1000) return text;
    for (const each of patterns) {
      const values = each.pattern.exec(text)?.groups;
      if (values) return fill(wanted.get(each.key) ?? text, values);
    }
    return text;
  };
}

/** "At most {max} letters." → /^At most (?<max>.+?) letters\.$/ */
function patternOf(text: string): RegExp {
  const parts = text.split(/\{(\w+)\}/);
  const source = parts.map((part, at) =>
    at % 2 === 1 ? `(?<${part}>.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's');
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
