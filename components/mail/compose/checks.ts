// What is looked at before a message leaves: what makes sending impossible, and what people regret afterwards. Pure.
import { toPlainText } from '#lib/mail/rich-text.ts';
import type { ComposeForm } from '#lib/webmail/compose/form.ts';
import { looksLikeAddress } from '../people.ts';

export type Problem =
  | { kind: 'noRecipient' }
  | { kind: 'badAddress'; address: string }
  | { kind: 'badFile' };
export type Doubt = 'noFile' | 'noSubject' | 'many';
export type Wishes = { remindsOfFiles: boolean; manyRecipients: number; languages: string[] };

/** Words that promise a file, by language. */
const promises: Record<string, RegExp> = {
  en: /\b(?:attach(?:ed|ment|ments|ing)?|enclosed|enclosing)\b/i,
  de: /(?:^|[^\p{L}])(?:anhang|anhänge|angehängt\p{L}*|anbei|beigefügt\p{L}*|beiliegend\p{L}*|im anhang|anlage)(?![\p{L}])/iu,
  fr: /(?:^|[^\p{L}])(?:ci-joint\p{L}*|pi[eè]ces? jointes?|joins|en annexe)(?![\p{L}])/iu,
  es: /(?:^|[^\p{L}])(?:adjunt\p{L}+|archivos? anexos?)(?![\p{L}])/iu,
  ar: /(?:مرفق|المرفق|مرفقات|المرفقات|أرفق|ارفق|مرفقة)/u,
  am: /(?:አባሪ|ተያይ|አያይ|ተያያዥ)/u,
};

/** What makes sending impossible; null where nothing does. */
export function findProblem(form: ComposeForm, hasBadFile: boolean): Problem | null {
  const all = [...form.to, ...form.cc, ...form.bcc];
  if (all.length === 0) return { kind: 'noRecipient' };
  const wrong = [...all, ...form.replyTo].find((person) => !looksLikeAddress(person.address));
  if (wrong) return { kind: 'badAddress', address: wrong.address };
  return hasBadFile ? { kind: 'badFile' } : null;
}

/** What to ask about, in the order of asking. */
export function findDoubts(form: ComposeForm, fileCount: number, wishes: Wishes): Doubt[] {
  const doubts: Doubt[] = [];
  if (fileCount === 0 && wishes.remindsOfFiles && promisesFile(form, wishes.languages)) {
    doubts.push('noFile');
  }
  if (form.subject.trim() === '') doubts.push('noSubject');
  const seen = form.to.length + form.cc.length;
  if (wishes.manyRecipients > 0 && seen > wishes.manyRecipients) doubts.push('many');
  return doubts;
}

function promisesFile(form: ComposeForm, languages: string[]): boolean {
  const text = `${form.subject}\n${ownWords(form)}`;
  return [...new Set(['en', ...languages])].some((language) => promises[language]?.test(text));
}

/** The text without what is quoted or passed on, and without the signature. */
export function ownWords(form: ComposeForm): string {
  const html = form.html.replace(/<div class="drey-signature">[\s\S]*$/, '');
  const text = form.isHtml ? toPlainText(html) : form.text;
  const lines = text.split('\n');
  const end = lines.findIndex(
    (line) => line === '-- ' || (form.origin?.kind === 'forward' && line.startsWith('----------')),
  );
  return lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

/** True where there is something to lose: words of one's own, a subject, a recipient or a file. */
export function hasContent(form: ComposeForm, start: ComposeForm, fileCount: number): boolean {
  const isRewritten = form.html !== start.html || form.text !== start.text;
  const isReaddressed = addressesOf(form) !== addressesOf(start);
  if (isRewritten || isReaddressed || form.subject !== start.subject) {
    return form.origin !== null || fileCount > 0 || !isEmpty(form);
  }
  return fileCount > 0 && form.origin === null;
}

function isEmpty(form: ComposeForm): boolean {
  const words = `${form.subject}${ownWords(form)}`.trim();
  return words === '' && addressesOf(form) === '' && !/<img\b/i.test(form.html) && !form.quote;
}

function addressesOf({ to, cc, bcc }: ComposeForm): string {
  return [to, cc, bcc]
    .map((all) => all.map(({ address }) => address).join(','))
    .join(';')
    .replace(/^;+$/, '');
}
