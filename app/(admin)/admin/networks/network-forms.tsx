'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { MomentInput } from '#components/ui/moment-input.tsx';
import { addNetworkAction, editNetworkAction, removeNetworkAction } from './actions.ts';

export function AddNetwork() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add network
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Trust a network">
        <ActionForm action={addNetworkAction} onDone={close} className="flex flex-col gap-4">
          <Banner tone="warn">
            Everybody in this network can send mail to the whole world through this server. Never
            add the gateway of a container or a router: then the Internet itself would be trusted.
          </Banner>
          <FormField
            name="cidr"
            label="Network"
            help="A network such as 192.168.1.0/24 or 2001:db8::/32, or a single address."
          >
            <Input
              name="cidr"
              placeholder="192.168.1.0/24"
              className="font-mono"
              autoFocus
              autoCapitalize="off"
              spellCheck={false}
            />
          </FormField>
          <Expiry />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" placeholder="Office printers" />
          </FormField>
          <FormButtons label="Add network" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function EditNetwork({
  cidr,
  comment,
  expiresAt,
}: {
  cidr: string;
  comment: string;
  /** ISO 8601, or empty */
  expiresAt: string;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${cidr}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={cidr}>
        <ActionForm
          action={editNetworkAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="cidr" value={cidr} />
          <Expiry value={expiresAt} />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" defaultValue={comment} />
          </FormField>
          <FormButtons label="Save" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

function Expiry({ value }: { value?: string }) {
  return (
    <FormField
      name="expiresAt"
      label="Trusted until"
      isOptional
      help="It is trusted no more from that moment on; empty for always."
    >
      <MomentInput name="expiresAt" value={value} />
    </FormField>
  );
}

export function RemoveNetwork({ cidr }: { cidr: string }) {
  return (
    <ActionButton
      size="sm"
      variant="danger-ghost"
      aria-label={`Remove ${cidr}`}
      action={() => removeNetworkAction(cidr)}
      doneText={`${cidr} removed`}
      confirm={{
        title: `Stop trusting ${cidr}?`,
        text: 'Computers there will have to sign in before they can send to the outside.',
        confirmLabel: 'Remove network',
      }}
    >
      Remove
    </ActionButton>
  );
}
