'use client';
import { useState } from 'react';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Checkbox, Radio } from '#components/ui/checkbox.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { addAnnouncementAction } from './actions.ts';

/** Empty again, with all its states, once it was told. */
export function AnnouncementForm() {
  const [told, setTold] = useState(0);
  return <Fields key={told} onDone={() => setTold(told + 1)} />;
}

function Fields({ onDone }: { onDone: () => void }) {
  const [isBanner, setIsBanner] = useState(true);
  const [isMail, setIsMail] = useState(false);
  const [until, setUntil] = useState('');
  const moment = until === '' ? null : new Date(until);
  return (
    <ActionForm action={addAnnouncementAction} onDone={onDone} className="flex flex-col gap-4">
      <FormField name="text" label="Text" help="In the language of your users.">
        <Textarea name="text" rows={4} dir="auto" required />
      </FormField>
      <fieldset className="flex flex-wrap gap-x-6 gap-y-2">
        <legend className="mb-1 text-sm font-medium">How it looks</legend>
        <Radio name="level" value="info" defaultChecked label="News" />
        <Radio name="level" value="warning" label="Warning" />
      </fieldset>
      <div className="flex flex-col gap-2">
        <Checkbox
          name="isBanner"
          checked={isBanner}
          onChange={(event) => setIsBanner(event.target.checked)}
          label="A banner in the webmail"
          help="Each user may close it."
        />
        {isBanner && (
          <FormField name="untilText" label="Until" className="ms-6 max-w-xs">
            <Input
              name="untilText"
              type="datetime-local"
              value={until}
              onChange={(event) => setUntil(event.target.value)}
              required
            />
          </FormField>
        )}
        {/* The server does not know the zone of the browser. */}
        <input
          type="hidden"
          name="until"
          value={moment && !Number.isNaN(moment.getTime()) ? moment.toISOString() : ''}
        />
        <Checkbox
          name="isMail"
          checked={isMail}
          onChange={(event) => setIsMail(event.target.checked)}
          label="A mail into every mailbox"
          help="From the postmaster of the user's own domain. It cannot be taken back."
        />
        {isMail && (
          <FormField name="subject" label="Subject" className="ms-6 max-w-xl">
            <Input name="subject" dir="auto" required />
          </FormField>
        )}
      </div>
      <FormField
        name="domains"
        label="Only for these domains"
        help="Blanks or commas between. Empty: for all users of this server."
        isOptional
      >
        <Input name="domains" placeholder="example.org" autoCapitalize="off" spellCheck={false} />
      </FormField>
      <SubmitButton className="self-start">Tell them</SubmitButton>
    </ActionForm>
  );
}
