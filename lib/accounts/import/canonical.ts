// canonical(5): "address address", "@domain address", "@domain @domain". Pure.
import { isRefusal } from '../../errors.ts';
import { checkRewrite, type RewriteScope } from '../rewrite.ts';
import { collect, type Parsed, qualify, Reason, readPairs } from './lines.ts';

export type CanonicalEntry = { scope: RewriteScope; pattern: string; replacement: string };

/** For each scope given (canonical_maps is for both). Names without a domain get `domain`. */
export function parseCanonical(
  text: string,
  scopes: readonly RewriteScope[],
  domain: string,
): Parsed<CanonicalEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<CanonicalEntry>(pairs, problems, ({ key, value }) => {
    const pattern = qualify(key, domain);
    const replacement = qualify(value, domain);
    if (pattern === null || replacement === null) {
      return new Reason('A name has no domain; say which one to add.');
    }
    try {
      return scopes.map((scope) => {
        const fields = checkRewrite({ scope, pattern, replacement });
        return { scope, pattern: fields.pattern, replacement: fields.replacement };
      });
    } catch (error) {
      if (isRefusal(error)) return new Reason(error.message);
      throw error;
    }
  });
}
