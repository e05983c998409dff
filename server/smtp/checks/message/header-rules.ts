// Access rules by a header field and its decoded text, "Subject: *lottery*" (Postfix: header_checks(5)).
import { type AccessRule, readAccessRules } from '#lib/accounts/access-rule.ts';
import { type Glob, readGlob, toMatchable } from '#lib/mail/glob.ts';
import { decodeUnstructured, type HeaderField } from '#lib/mail/header.ts';
import { pass } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

/** Of one field, and fields of one name. */
const maxTextLength = 16 * 1024;
const maxFields = 500;

type HeaderGlob = { name: string; anyName: Glob | null; text: Glob };
/** Rules stay the same objects until a commit changes them. */
const globs = new WeakMap<AccessRule, HeaderGlob>();

export const headerRules: Check<'data'> = {
  name: 'header-rules',
  title: 'Access rules: header',
  async run({ client, marks, fields }) {
    const rules = await readAccessRules('header');
    if (rules.length === 0) return pass;
    const texts = new TextOfFields(fields);
    const fits = ({ name, anyName, text }: HeaderGlob) =>
      texts.list(name, anyName).some((each) => text.isFit(each));
    const rule = await findRule(
      rules,
      (each) => fits(readRule(each)),
      () => isStranger(client, marks),
    );
    return rule ? verdictOf(rule) : pass;
  },
};

function readRule(rule: AccessRule): HeaderGlob {
  const known = globs.get(rule);
  if (known) return known;
  const colon = rule.pattern.indexOf(':');
  const name = rule.pattern.slice(0, colon).trim().toLowerCase();
  const anyName = /[*?]/.test(name) ? readGlob(name) : null;
  const read = { name, anyName, text: readGlob(rule.pattern.slice(colon + 1).trim()) };
  globs.set(rule, read);
  return read;
}

/** Decodes each field at most once, and only where a rule asks for it. */
class TextOfFields {
  private readonly byKey: Map<string, HeaderField[]>;
  private readonly texts = new Map<string, string[]>();

  constructor(fields: HeaderField[]) {
    this.byKey = Map.groupBy(fields, ({ key }) => key);
  }

  list(name: string, anyName: Glob | null): string[] {
    if (!anyName) return this.read(name);
    return [...this.byKey.keys()]
      .filter((key) => anyName.isFit(key))
      .flatMap((key) => this.read(key));
  }

  private read(key: string): string[] {
    const known = this.texts.get(key);
    if (known) return known;
    const fields = (this.byKey.get(key) ?? []).slice(0, maxFields);
    const texts = fields.map(({ rawValue }) =>
      toMatchable(decodeUnstructured(rawValue.slice(0, maxTextLength))).trim(),
    );
    this.texts.set(key, texts);
    return texts;
  }
}
