'use client';
import { useState } from 'react';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { ProtocolBoxes, QuotaFields, type QuotaTexts } from '../user-fields.tsx';
import { saveUserDefaultsAction } from './actions.ts';

export type DefaultsTexts = QuotaTexts & {
  mustChange: '' | 'yes' | 'no';
  /** null: nothing is said */
  closedProtocols: string[] | null;
  language: string;
  timeZone: string;
  welcomeSubject: string;
  welcomeText: string;
};

export function DefaultsForm({
  domain,
  values,
  usual,
  languages,
}: {
  /** "*": of every one */
  domain: string;
  values: DefaultsTexts;
  /** What holds where nothing is said, in words */
  usual: QuotaTexts & Record<'mustChange' | 'protocols' | 'language' | 'timeZone', string>;
  languages: [value: string, text: string][];
}) {
  const [protocols, setProtocols] = useState(values.closedProtocols ? 'these' : '');
  return (
    <ActionForm action={saveUserDefaultsAction} className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="domain" value={domain} />
      <QuotaFields values={values} defaults={usual} />
      <FormField name="mustChange" label="Password">
        <Select name="mustChange" defaultValue={values.mustChange}>
          <option value="">As usual ({usual.mustChange})</option>
          <option value="yes">Must be changed at the first sign-in</option>
          <option value="no">May stay</option>
        </Select>
      </FormField>
      <FormField name="protocols" label="Mail programs">
        <Select
          name="protocols"
          value={protocols}
          onChange={(event) => setProtocols(event.target.value)}
        >
          <option value="">As usual ({usual.protocols})</option>
          <option value="these">Only what is ticked</option>
        </Select>
      </FormField>
      {protocols === 'these' && (
        <ProtocolBoxes isTitleHidden closed={values.closedProtocols ?? []} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField name="language" label="Language of the webmail">
          <Select name="language" defaultValue={values.language}>
            <option value="">As usual ({usual.language})</option>
            {languages.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </Select>
        </FormField>
        <FormField
          name="timeZone"
          label="Time zone"
          help={`Such as Europe/Berlin. Empty: as usual (${usual.timeZone}).`}
        >
          <Input
            name="timeZone"
            defaultValue={values.timeZone}
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
          />
        </FormField>
      </div>
      <FormField
        name="welcomeSubject"
        label="Subject of the welcome mail"
        help={
          domain === '*'
            ? 'Empty: new users get no mail.'
            : 'Empty: the mail of all domains, if there is one.'
        }
      >
        <Input name="welcomeSubject" defaultValue={values.welcomeSubject} />
      </FormField>
      <FormField
        name="welcomeText"
        label="Text of the welcome mail"
        help="{name} and {address} are filled in."
      >
        <Textarea name="welcomeText" rows={6} defaultValue={values.welcomeText} />
      </FormField>
      <div>
        <SubmitButton>Save defaults</SubmitButton>
      </div>
    </ActionForm>
  );
}
