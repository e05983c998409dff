'use client';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Select, Textarea } from '#components/ui/input.tsx';
import { saveFooterAction } from './footer-actions.ts';

export function FooterForm({
  domain,
  text,
  html,
  whose,
}: {
  domain: string;
  text: string;
  html: string;
  whose: 'outside' | 'everyone';
}) {
  return (
    <ActionForm action={saveFooterAction} className="flex max-w-2xl flex-col gap-4">
      <input type="hidden" name="domain" value={domain} />
      <FormField
        name="text"
        label="Text"
        help="Stands below the text of each mail, after an empty line. Empty: nothing is added."
      >
        <Textarea name="text" rows={4} defaultValue={text} spellCheck={false} />
      </FormField>
      <FormField
        name="html"
        label="HTML"
        isOptional
        help="For mail with formats, such as a logo by its address and links. Empty: made of the text. Scripts, forms and the like are taken out."
      >
        <Textarea
          name="html"
          rows={4}
          defaultValue={html}
          spellCheck={false}
          className="font-mono"
        />
      </FormField>
      <FormField name="for" label="Added to">
        <Select name="for" defaultValue={whose}>
          <option value="outside">mail that leaves this server</option>
          <option value="everyone">all mail, to users here too</option>
        </Select>
      </FormField>
      <FormButtons label="Save footer" />
    </ActionForm>
  );
}
