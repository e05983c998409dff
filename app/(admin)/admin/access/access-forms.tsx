'use client';
import { ArrowDown, ArrowUp, Ellipsis, Pencil, Plus, Power, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { AccessAction, AccessScope } from '#lib/accounts/access-rule.ts';
import { actionTexts, scopeTexts } from './access-texts.ts';
import {
  addAccessRuleAction,
  editAccessRuleAction,
  moveAccessRuleAction,
  removeAccessRuleAction,
  switchAccessRuleAction,
} from './actions.ts';

type Help = Record<AccessScope, string>;

type Rule = {
  id: string;
  scope: AccessScope;
  pattern: string;
  action: AccessAction;
  argument: string;
  comment: string;
  isDisabled: boolean;
};

export function AddAccessRule({ help }: { help: Help }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add rule
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add an access rule">
        <RuleForm help={help} onDone={close} />
      </Dialog>
    </>
  );
}

export function AccessRuleActions({
  rule,
  place,
  isLast,
  help,
}: {
  rule: Rule;
  /** 1 = first of its scope */
  place: number;
  isLast: boolean;
  help: Help;
}) {
  const [shown, setShown] = useState<'edit' | 'remove' | null>(null);
  const toast = useToast();
  const close = () => setShown(null);
  const run = async (answer: Promise<string | undefined>) => {
    const error = await answer;
    if (error) toast.show({ text: error, kind: 'error' });
  };
  const items: MenuItem[] = [
    { label: 'Edit', icon: <Pencil />, onSelect: () => setShown('edit') },
    {
      label: 'Move up',
      icon: <ArrowUp />,
      isDisabled: place === 1,
      onSelect: () => void run(moveAccessRuleAction(rule.id, place - 1)),
    },
    {
      label: 'Move down',
      icon: <ArrowDown />,
      isDisabled: isLast,
      onSelect: () => void run(moveAccessRuleAction(rule.id, place + 1)),
    },
    {
      label: rule.isDisabled ? 'Switch on' : 'Switch off',
      icon: <Power />,
      onSelect: () => void run(switchAccessRuleAction(rule.id, !rule.isDisabled)),
    },
    'separator',
    { label: 'Delete…', icon: <Trash2 />, isDanger: true, onSelect: () => setShown('remove') },
  ];
  return (
    <>
      <Menu
        label={`Actions for ${rule.pattern}`}
        items={items}
        trigger={(props) => (
          <IconButton
            {...props}
            label={`Actions for ${rule.pattern}`}
            icon={<Ellipsis />}
            size="sm"
          />
        )}
      />
      <Dialog isOpen={shown === 'edit'} onClose={close} title="Edit the access rule">
        <RuleForm rule={rule} help={help} onDone={close} />
      </Dialog>
      <ConfirmDialog
        isOpen={shown === 'remove'}
        onClose={close}
        title="Delete this rule?"
        confirmLabel="Delete rule"
        onConfirm={async () => {
          const error = await removeAccessRuleAction(rule.id);
          if (!error) toast.show({ text: 'Rule deleted' });
          return error;
        }}
      >
        The checks and the other rules decide about {rule.pattern} from the next command on.
      </ConfirmDialog>
    </>
  );
}

/** Anybody can give these names; they prove nothing. */
const isForgeable = (scope: AccessScope) => scope === 'helo' || scope === 'sender';

function RuleForm({ rule, help, onDone }: { rule?: Rule; help: Help; onDone: () => void }) {
  const [scope, setScope] = useState<AccessScope>(rule?.scope ?? 'sender');
  const [action, setAction] = useState<AccessAction>(rule?.action ?? 'reject');
  return (
    <ActionForm
      action={rule ? editAccessRuleAction : addAccessRuleAction}
      onDone={onDone}
      className="flex flex-col gap-4 text-left"
    >
      {rule ? (
        <input type="hidden" name="id" value={rule.id} />
      ) : (
        <FormField name="scope" label="Looks at">
          <Select
            name="scope"
            value={scope}
            onChange={(event) => setScope(event.target.value as AccessScope)}
          >
            {Object.entries(scopeTexts).map(([value, { label }]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </FormField>
      )}
      <FormField name="pattern" label="Fits" help={`Give ${help[scope]}.`}>
        <Input
          name="pattern"
          defaultValue={rule?.pattern}
          className="font-mono"
          autoCapitalize="off"
          spellCheck={false}
        />
      </FormField>
      <FormField name="action" label="Then">
        <Select
          name="action"
          value={action}
          onChange={(event) => setAction(event.target.value as AccessAction)}
        >
          {Object.entries(actionTexts).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </FormField>
      {action === 'accept' && isForgeable(scope) && (
        <Banner tone="warn">
          Anybody can claim this name. Whoever does is past greylisting, lists and junk checks; an
          address or network of the client is harder to forge.
        </Banner>
      )}
      <Argument action={action} value={rule?.argument} />
      <FormField name="comment" label="Comment" isOptional>
        <Input name="comment" defaultValue={rule?.comment} />
      </FormField>
      <Switch name="isEnabled" defaultChecked={!rule?.isDisabled} label="In use" />
      <FormButtons label={rule ? 'Save' : 'Add rule'} onCancel={onDone} />
    </ActionForm>
  );
}

function Argument({ action, value }: { action: AccessAction; value?: string }) {
  if (action === 'redirect' || action === 'bcc') {
    return (
      <FormField name="argument" label="Address">
        <Input
          name="argument"
          defaultValue={value}
          placeholder="box@example.org"
          autoCapitalize="off"
          spellCheck={false}
        />
      </FormField>
    );
  }
  if (action !== 'reject' && action !== 'defer') return null;
  return (
    <FormField
      name="argument"
      label="Text of the refusal"
      isOptional
      help="The sender reads it. The reply code is added."
    >
      <Input name="argument" defaultValue={value} maxLength={200} />
    </FormField>
  );
}
