'use client';
import { ArrowDown, ArrowUp, Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Radio } from '#components/ui/checkbox.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import {
  addRelayRuleAction,
  editRelayRuleAction,
  moveRelayRuleAction,
  removeRelayRuleAction,
} from './actions.ts';

type Rule = {
  id: string;
  position: number;
  match: 'recipient' | 'sender' | 'default';
  pattern: string;
  host: string;
  port: number;
  tlsMode: 'none' | 'opportunistic' | 'required' | 'implicit';
  username: string;
  hasPassword: boolean;
  comment: string;
};

export function AddRelayRule() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add rule
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a relay rule">
        <RuleForm onDone={close} />
      </Dialog>
    </>
  );
}

export function RuleActions({
  rule,
  isFirst,
  isLast,
}: {
  rule: Rule;
  isFirst: boolean;
  isLast: boolean;
}) {
  const [shown, setShown] = useState<'edit' | 'remove' | null>(null);
  const toast = useToast();
  const close = () => setShown(null);
  const move = async (position: number) => {
    const error = await moveRelayRuleAction(rule.id, position);
    if (error) toast.show({ text: error, kind: 'error' });
  };
  const items: MenuItem[] = [
    { label: 'Edit', icon: <Pencil />, onSelect: () => setShown('edit') },
    {
      label: 'Move up',
      icon: <ArrowUp />,
      isDisabled: isFirst,
      onSelect: () => void move(rule.position - 1),
    },
    {
      label: 'Move down',
      icon: <ArrowDown />,
      isDisabled: isLast,
      onSelect: () => void move(rule.position + 1),
    },
    'separator',
    { label: 'Delete…', icon: <Trash2 />, isDanger: true, onSelect: () => setShown('remove') },
  ];
  const name = rule.pattern || 'the default rule';
  return (
    <>
      <Menu
        label={`Actions for ${name}`}
        items={items}
        trigger={(props) => (
          <IconButton {...props} label={`Actions for ${name}`} icon={<Ellipsis />} size="sm" />
        )}
      />
      <Dialog isOpen={shown === 'edit'} onClose={close} title="Edit the relay rule">
        <RuleForm rule={rule} onDone={close} />
      </Dialog>
      <ConfirmDialog
        isOpen={shown === 'remove'}
        onClose={close}
        title="Delete this rule?"
        confirmLabel="Delete rule"
        onConfirm={async () => {
          const error = await removeRelayRuleAction(rule.id);
          if (!error) toast.show({ text: 'Rule deleted' });
          return error;
        }}
      >
        From the next attempt on, mail that the rule took goes by the other rules or straight to its
        recipient's server.
      </ConfirmDialog>
    </>
  );
}

const patternHelp = {
  recipient: 'A recipient address, a domain, or .domain for a domain with all below it.',
  sender: 'A sender address, a domain, .domain, or <> for bounces.',
};

function RuleForm({ rule, onDone }: { rule?: Rule; onDone: () => void }) {
  const [match, setMatch] = useState(rule?.match ?? 'default');
  const [way, setWay] = useState(rule && !rule.host ? 'mx' : 'host');
  const [tlsMode, setTlsMode] = useState(rule?.tlsMode ?? 'opportunistic');
  return (
    <ActionForm
      action={rule ? editRelayRuleAction : addRelayRuleAction}
      onDone={onDone}
      className="flex flex-col gap-4 text-left"
    >
      {rule && <input type="hidden" name="id" value={rule.id} />}
      <FormField name="match" label="Which mail">
        <Select
          name="match"
          value={match}
          onChange={(event) => setMatch(event.target.value as Rule['match'])}
        >
          <option value="default">All mail that no other rule takes</option>
          <option value="recipient">Mail to a recipient</option>
          <option value="sender">Mail from a sender</option>
        </Select>
      </FormField>
      {match !== 'default' && (
        <FormField name="pattern" label="Address or domain" help={patternHelp[match]}>
          <Input
            name="pattern"
            defaultValue={rule?.pattern}
            placeholder="example.net"
            autoCapitalize="off"
            spellCheck={false}
          />
        </FormField>
      )}
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 text-sm font-medium">Goes through</legend>
        <Radio
          name="way"
          value="host"
          checked={way === 'host'}
          onChange={() => setWay('host')}
          label="A smart host"
        />
        <Radio
          name="way"
          value="mx"
          checked={way === 'mx'}
          onChange={() => setWay('mx')}
          label="The recipient's own server, found by MX"
        />
      </fieldset>
      {way === 'host' ? (
        <HostFields rule={rule} tlsMode={tlsMode} onTlsMode={setTlsMode} />
      ) : (
        <input type="hidden" name="tlsMode" value={tlsMode} />
      )}
      <FormField name="comment" label="Comment" isOptional>
        <Input name="comment" defaultValue={rule?.comment} />
      </FormField>
      <FormButtons label={rule ? 'Save' : 'Add rule'} onCancel={onDone} />
    </ActionForm>
  );
}

function HostFields({
  rule,
  tlsMode,
  onTlsMode,
}: {
  rule?: Rule;
  tlsMode: Rule['tlsMode'];
  onTlsMode: (mode: Rule['tlsMode']) => void;
}) {
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-3">
        <FormField name="host" label="Host">
          <Input
            name="host"
            defaultValue={rule?.host}
            placeholder="smtp.provider.example"
            autoCapitalize="off"
            spellCheck={false}
          />
        </FormField>
        <FormField name="port" label="Port">
          <Input
            name="port"
            inputMode="numeric"
            defaultValue={rule?.host ? rule.port : ''}
            placeholder={tlsMode === 'implicit' ? '465' : '25'}
          />
        </FormField>
      </div>
      <FormField name="tlsMode" label="TLS">
        <Select
          name="tlsMode"
          value={tlsMode}
          onChange={(event) => onTlsMode(event.target.value as Rule['tlsMode'])}
        >
          <option value="opportunistic">When the host offers it (STARTTLS)</option>
          <option value="required">Required (STARTTLS)</option>
          <option value="implicit">From the first byte (port 465)</option>
          <option value="none">None</option>
        </Select>
      </FormField>
      <div className="grid gap-3 sm:grid-cols-2">
        <FormField name="username" label="Login" isOptional>
          <Input
            name="username"
            defaultValue={rule?.username}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        </FormField>
        <FormField
          name="password"
          label="Password"
          isOptional
          help={rule?.hasPassword ? 'Empty keeps the stored one.' : undefined}
        >
          <Input
            name="password"
            type="password"
            autoComplete="new-password"
            placeholder={rule?.hasPassword ? '••••••••' : undefined}
          />
        </FormField>
      </div>
    </>
  );
}
