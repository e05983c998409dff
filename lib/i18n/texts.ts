// Texts of a language: objects of sentences, nested.

export type Texts = { [key: string]: string | Texts };

/** `base` with what `over` has instead; what it lacks, or leaves empty, stays. */
export function mergeTexts(base: Texts, over: Texts): Texts {
  const merged: Texts = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = base[key];
    if (typeof value === 'string') {
      if (value !== '' && typeof under !== 'object') merged[key] = value;
    } else merged[key] = typeof under === 'object' ? mergeTexts(under, value) : value;
  }
  return merged;
}

/** Every sentence with its whole key, "list.density.title". */
export function flattenTexts(texts: Texts, prefix = ''): [key: string, text: string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : flattenTexts(value, `${prefix}${key}.`),
  );
}
