'use client';
import { ArrowDown, ArrowUp, Ellipsis, Pencil, PlugZap, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { RelayRule } from '#lib/queue/relay-rule.ts';
import { moveRelayRuleAction, removeRelayRuleAction } from './actions.ts';
import { RuleForm } from './rule-form.tsx';
import { TriedHosts } from './tried-hosts.tsx';

export function AddRelayRule() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add rule
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a relay rule" size="lg">
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
  rule: RelayRule;
  isFirst: boolean;
  isLast: boolean;
}) {
  const [shown, setShown] = useState<'edit' | 'try' | 'remove' | null>(null);
  const toast = useToast();
  const close = () => setShown(null);
  const move = async (position: number) => {
    const error = await moveRelayRuleAction(rule.id, position);
    if (error) toast.show({ text: error, kind: 'error' });
  };
  const items: MenuItem[] = [
    { label: 'Edit', icon: <Pencil />, onSelect: () => setShown('edit') },
    {
      label: 'Try the hosts',
      icon: <PlugZap />,
      isDisabled: rule.target !== 'hosts',
      onSelect: () => setShown('try'),
    },
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
  const label = `Actions for rule ${rule.position}`;
  return (
    <>
      <Menu
        label={label}
        items={items}
        trigger={(props) => <IconButton {...props} label={label} icon={<Ellipsis />} size="sm" />}
      />
      <Dialog isOpen={shown === 'edit'} onClose={close} title="Edit the relay rule" size="lg">
        <RuleForm rule={rule} onDone={close} />
      </Dialog>
      {shown === 'try' && <TriedHosts rule={rule.id} onClose={close} />}
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
