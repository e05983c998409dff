'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, SubmitButton } from '#components/ui/action-form.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { agreeAction, changeAccountKeyAction } from './actions.ts';

export function AgreeForm() {
  return (
    <ActionForm action={agreeAction} className="flex flex-col items-start gap-3">
      <Checkbox name="isAgreed" label="I agree to these terms for this server" />
      <SubmitButton>Make the account</SubmitButton>
    </ActionForm>
  );
}

export function ChangeAccountKey() {
  return (
    <ActionButton
      size="sm"
      action={changeAccountKeyAction}
      doneText="The account has a new key"
      confirm={{
        title: 'Give the account a new key?',
        text: 'The key that proves this server to the authority is replaced. Certificates stay as they are.',
        confirmLabel: 'Change key',
      }}
    >
      Change key
    </ActionButton>
  );
}
