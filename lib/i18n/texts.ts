// Texts of a language: objects of sentences, nested. The build of the web app parses those that have places for values
// (next.config.ts), which makes arrays of them: "At most {max}." → ['At most ', ['max'], '.'].

export type Texts = { [key: string]: string | Texts };

/** `base` with what `over` has instead; what it lacks, or leaves empty, stays. */
export function mergeTexts(base: Texts, over: Texts): Texts {
  const merged: Texts = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = base[key];
    if (isSentence(value)) {
      if (value !== '' && (under === undefined || isSentence(under))) merged[key] = value;
    } else if (under === undefined || isSentence(under)) merged[key] = value;
    else merged[key] = mergeTexts(under, value);
  }
  return merged;
}

const isSentence = (value: string | Texts): value is string =>
  typeof value === 'string' || Array.isArray(value);

/** Parsed sentences as they were written, where their places have names only; for those that are patterns. */
export function writeOut(texts: Texts): Texts {
  const written = Object.entries(texts).map(([key, value]) => {
    if (Array.isArray(value)) {
      return [key, value.map((part) => (Array.isArray(part) ? `{${part[0]}}` : part)).join('')];
    }
    return [key, typeof value === 'string' ? value : writeOut(value)];
  });
  return Object.fromEntries(written);
}

/** Every sentence with its whole key, "list.density.title". */
export function flattenTexts(texts: Texts, prefix = ''): [key: string, text: string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : flattenTexts(value, `${prefix}${key}.`),
  );
}
