'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { addRewriteAction, editRewriteAction, removeRewriteAction } from './actions.ts';

type Rewrite = {
  id: string;
  scope: 'sender' | 'recipient';
  pattern: string;
  replacement: string;
  comment: string;
};

export function AddRewrite() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add rewriting
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Rewrite an address">
        <RewriteForm onDone={close} />
      </Dialog>
    </>
  );
}

export function EditRewrite({ rewrite }: { rewrite: Rewrite }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${rewrite.pattern}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Rewrite an address">
        <RewriteForm rewrite={rewrite} onDone={close} />
      </Dialog>
    </>
  );
}

function RewriteForm({ rewrite, onDone }: { rewrite?: Rewrite; onDone: () => void }) {
  return (
    <ActionForm
      action={rewrite ? editRewriteAction : addRewriteAction}
      onDone={onDone}
      className="flex flex-col gap-4 text-left"
    >
      {rewrite && <input type="hidden" name="id" value={rewrite.id} />}
      <FormField name="scope" label="Where">
        <Select name="scope" defaultValue={rewrite?.scope ?? 'sender'}>
          <option value="sender">Senders (From, Sender, Reply-To)</option>
          <option value="recipient">Recipients (To, Cc)</option>
        </Select>
      </FormField>
      <Side
        name="pattern"
        label="Address"
        value={rewrite?.pattern}
        help="An address, or @example.org for every address of a domain."
      />
      <Side
        name="replacement"
        label="Becomes"
        value={rewrite?.replacement}
        help="An address; for a domain also @example.net, which keeps the part before the @."
      />
      <FormField name="comment" label="Comment" isOptional>
        <Input name="comment" defaultValue={rewrite?.comment} />
      </FormField>
      <FormButtons label={rewrite ? 'Save' : 'Add rewriting'} onCancel={onDone}>
        {rewrite && (
          <ActionButton
            variant="danger-ghost"
            className="mr-auto"
            action={() => removeRewriteAction(rewrite.id)}
            doneText="Rewriting deleted"
            onDone={onDone}
            confirm={{
              title: 'Delete this rewriting?',
              text: `${rewrite.pattern} stays as it is from the next message on.`,
              confirmLabel: 'Delete rewriting',
            }}
          >
            Delete
          </ActionButton>
        )}
      </FormButtons>
    </ActionForm>
  );
}

function Side({
  name,
  label,
  value,
  help,
}: {
  name: string;
  label: string;
  value?: string;
  help: string;
}) {
  return (
    <FormField name={name} label={label} help={help}>
      <Input name={name} defaultValue={value} autoCapitalize="off" spellCheck={false} />
    </FormField>
  );
}
