// Where a user's mail is forwarded to, and the answer while away.
'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Checkbox, Switch } from '#components/ui/checkbox.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import {
  addForwardAction,
  removeUserRuleAction,
  saveUserVacationAction,
  switchUserRuleAction,
} from './mail-actions.ts';

export type ForwardRule = {
  id: string;
  name: string;
  addresses: string[];
  isKept: boolean;
  /** Some mail only */
  isConditional: boolean;
  isDisabled: boolean;
};

export function ForwardSection({ id, rules }: { id: string; rules: ForwardRule[] }) {
  return (
    <div className="flex max-w-xl flex-col gap-4">
      {rules.length > 0 && (
        <ul aria-label="Forwarding" className="divide-y rounded-md border">
          {rules.map((rule) => (
            <li key={rule.id} className="flex flex-wrap items-center gap-2 py-1.5 pr-1.5 pl-3">
              <span className="min-w-0 flex-1">
                <span className="block truncate">{rule.addresses.join(', ')}</span>
                <span className="block text-sm text-muted">
                  {rule.isConditional ? `some mail: “${rule.name}”` : 'all mail'}
                  {rule.isKept ? ', a copy stays' : ', no copy stays'}
                </span>
              </span>
              {rule.isDisabled && <Badge tone="warn">off</Badge>}
              <ActionButton
                size="sm"
                aria-label={`${rule.isDisabled ? 'Turn on' : 'Turn off'} ${rule.name}`}
                action={() => switchUserRuleAction(id, rule.id, !rule.isDisabled)}
                doneText={rule.isDisabled ? 'Turned on' : 'Turned off'}
              >
                {rule.isDisabled ? 'Turn on' : 'Turn off'}
              </ActionButton>
              <ActionButton
                size="sm"
                variant="danger-ghost"
                aria-label={`Remove ${rule.name}`}
                action={() => removeUserRuleAction(id, rule.id)}
                doneText="Removed"
              >
                Remove
              </ActionButton>
            </li>
          ))}
        </ul>
      )}
      <ActionForm action={addForwardAction} isResetWhenDone className="flex flex-col gap-3">
        <input type="hidden" name="id" value={id} />
        <FormField name="address" label="Forward all mail to">
          <Input name="address" type="email" autoComplete="off" />
        </FormField>
        <Checkbox name="isKept" defaultChecked label="Keep a copy in the mailbox" />
        <div>
          <SubmitButton variant="secondary">Add forwarding</SubmitButton>
        </div>
      </ActionForm>
    </div>
  );
}

export function VacationSection({
  id,
  vacation,
}: {
  id: string;
  vacation: { isOn: boolean; subject: string; text: string; endsOn: string };
}) {
  return (
    <ActionForm action={saveUserVacationAction} className="flex max-w-xl flex-col gap-4">
      <input type="hidden" name="id" value={id} />
      <Switch name="isOn" defaultChecked={vacation.isOn} label="Answer while the user is away" />
      <FormField name="subject" label="Subject" isOptional>
        <Input name="subject" defaultValue={vacation.subject} />
      </FormField>
      <FormField name="text" label="Text">
        <Textarea name="text" defaultValue={vacation.text} />
      </FormField>
      <FormField name="endsOn" label="Last day" isOptional>
        <Input name="endsOn" type="date" defaultValue={vacation.endsOn} className="w-44" />
      </FormField>
      <div>
        <SubmitButton variant="secondary">Save answer</SubmitButton>
      </div>
    </ActionForm>
  );
}
