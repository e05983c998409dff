// Which protocols the mail programs of a user may use, and what POP3 does for them.
'use client';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Select, Textarea } from '#components/ui/input.tsx';
import type { Pop3Texts } from '../../../../pop3-fields.ts';
import { ProtocolBoxes } from '../user-fields.tsx';
import { savePop3Action, saveProtocolsAction } from './program-actions.ts';

export function ProgramSection({
  id,
  closed,
  pop3,
  serverPop3,
}: {
  id: string;
  closed: string[];
  pop3: Pop3Texts;
  /** What the settings have, in words */
  serverPop3: { folders: string; deletion: string; marksSeen: string };
}) {
  return (
    <div className="flex max-w-xl flex-col gap-6">
      <ActionForm action={saveProtocolsAction} className="flex flex-col gap-4">
        <input type="hidden" name="id" value={id} />
        <ProtocolBoxes closed={closed} />
        <div>
          <SubmitButton variant="secondary">Save protocols</SubmitButton>
        </div>
      </ActionForm>
      <ActionForm action={savePop3Action} className="flex flex-col gap-4 border-t pt-5">
        <input type="hidden" name="id" value={id} />
        <FormField
          name="folders"
          label="Folders that POP3 shows"
          help={`One a line. Empty: as the settings have it (${serverPop3.folders}).`}
        >
          <Textarea name="folders" rows={3} defaultValue={pop3.folders.join('\n')} />
        </FormField>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField name="deletion" label="Messages that a program deletes">
            <Select name="deletion" defaultValue={pop3.deletion}>
              <option value="">As the settings ({serverPop3.deletion})</option>
              <option value="remove">Remove (can be restored)</option>
              <option value="trash">Move to Trash</option>
              <option value="archive">Move to Archive</option>
            </Select>
          </FormField>
          <FormField name="marksSeen" label="Fetched messages">
            <Select name="marksSeen" defaultValue={pop3.marksSeen}>
              <option value="">As the settings ({serverPop3.marksSeen})</option>
              <option value="on">Count as read</option>
              <option value="off">Stay unread</option>
            </Select>
          </FormField>
        </div>
        <div>
          <SubmitButton variant="secondary">Save POP3</SubmitButton>
        </div>
      </ActionForm>
    </div>
  );
}
