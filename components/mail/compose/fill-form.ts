// A new message filled from a link: its words stand above the signature. Pure.
import { toRichText } from '#lib/mail/rich-text.ts';
import type { ComposeForm } from '#lib/webmail/compose/form.ts';
import type { MailtoParts } from './mailto.ts';

export function fillForm(form: ComposeForm, parts: MailtoParts): ComposeForm {
  const { to, cc, bcc, subject, text } = parts;
  const filled = { ...form, to, cc, bcc: [...form.bcc, ...bcc], subject };
  if (text === '') return filled;
  return {
    ...filled,
    text: form.isHtml ? form.text : text + form.text,
    html: form.isHtml ? toRichText(text) + form.html : form.html,
  };
}
