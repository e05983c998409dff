'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ToldOnce } from '#components/admin/told-once.tsx';
import { ActionButton } from '#components/ui/action-button.tsx';
import {
  ActionForm,
  FormButtons,
  FormField,
  SubmitButton,
  useFormErrors,
} from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import type { HookEvent } from '#lib/trail/outbox.ts';
import {
  addWebhookAction,
  editWebhookAction,
  removeWebhookAction,
  renewSecretAction,
  switchWebhookAction,
  testWebhookAction,
} from './actions.ts';

const eventTexts: Record<HookEvent, string> = {
  received: 'Mail came in',
  delivered: 'Mail was delivered, here or elsewhere',
  deferred: 'Mail waits for another attempt',
  bounced: 'Mail could not be delivered',
  refused: 'Mail was refused',
  login: 'Sign-ins, good and failed',
  change: 'An administrator changed something',
};
const offered = Object.keys(eventTexts) as HookEvent[];

export type EditedWebhook = {
  id: string;
  name: string;
  url: string;
  events: HookEvent[];
  domains: string[];
};

export function AddWebhook() {
  const [isOpen, setIsOpen] = useState(false);
  const [secret, setSecret] = useState('');
  const close = () => {
    setIsOpen(false);
    setSecret('');
  };
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add webhook
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={secret ? 'Its secret' : 'Add a webhook'}>
        {secret ? (
          <ToldOnce label="Secret" secret={secret} onDone={close} />
        ) : (
          isOpen && (
            <ActionForm
              action={addWebhookAction}
              onDone={({ secret = '' }) => setSecret(secret)}
              className="flex flex-col gap-4"
            >
              <Fields />
              <FormButtons label="Add webhook" onCancel={close} />
            </ActionForm>
          )
        )}
      </Dialog>
    </>
  );
}

export function EditWebhook({ hook }: { hook: EditedWebhook }) {
  const [isOpen, setIsOpen] = useState(false);
  const [secret, setSecret] = useState('');
  const close = () => {
    setIsOpen(false);
    setSecret('');
  };
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${hook.name}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={secret ? 'Its new secret' : hook.name}>
        {secret ? (
          <ToldOnce label="Secret" secret={secret} onDone={close} />
        ) : (
          isOpen && (
            <>
              <ActionForm
                action={editWebhookAction}
                onDone={close}
                className="flex flex-col gap-4 text-left"
              >
                <input type="hidden" name="id" value={hook.id} />
                <Fields hook={hook} />
                <FormButtons label="Save" onCancel={close} />
              </ActionForm>
              <ActionForm
                action={renewSecretAction}
                onDone={({ secret = '' }) => setSecret(secret)}
                className="mt-5 flex flex-wrap items-center justify-between gap-3 border-t pt-4 text-left"
              >
                <input type="hidden" name="id" value={hook.id} />
                <p className="min-w-0 flex-1 basis-48 text-sm text-muted">
                  With a new secret the old one signs nothing more.
                </p>
                <SubmitButton variant="secondary">Make new secret</SubmitButton>
              </ActionForm>
            </>
          )
        )}
      </Dialog>
    </>
  );
}

function Fields({ hook }: { hook?: EditedWebhook }) {
  const errors = useFormErrors();
  return (
    <>
      <FormField name="name" label="Name">
        <Input name="name" defaultValue={hook?.name} placeholder="Billing" autoFocus />
      </FormField>
      <FormField name="url" label="Address" help="It gets a POST of JSON for each event.">
        <Input
          name="url"
          type="url"
          defaultValue={hook?.url}
          placeholder="https://hooks.example.org/drey"
          className="font-mono"
          spellCheck={false}
        />
      </FormField>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 text-sm font-medium">Events</legend>
        {offered.map((event) => (
          <Checkbox
            key={event}
            name="events"
            value={event}
            defaultChecked={hook?.events.includes(event)}
            label={eventTexts[event]}
          />
        ))}
        <FieldError>{errors.events}</FieldError>
      </fieldset>
      <FormField
        name="domains"
        label="Of these domains only"
        isOptional
        help="One a line; empty for all, and for changes of the server."
      >
        <Textarea
          name="domains"
          rows={2}
          defaultValue={hook?.domains.join('\n')}
          className="font-mono"
          spellCheck={false}
        />
      </FormField>
    </>
  );
}

export function WebhookButtons({ hook, isDisabled }: { hook: EditedWebhook; isDisabled: boolean }) {
  const { id, name } = hook;
  return (
    <span className="flex flex-wrap justify-end gap-1.5">
      <ActionButton
        size="sm"
        aria-label={`Test ${name}`}
        action={() => testWebhookAction(id)}
        doneText={`${name} took the test`}
      >
        Test
      </ActionButton>
      <EditWebhook hook={hook} />
      <ActionButton
        size="sm"
        aria-label={`${isDisabled ? 'Enable' : 'Disable'} ${name}`}
        action={() => switchWebhookAction(id, !isDisabled)}
        doneText={isDisabled ? `${name} enabled` : `${name} disabled`}
        confirm={
          isDisabled
            ? undefined
            : {
                title: `Disable “${name}”?`,
                text: 'What waits for it is dropped, and what happens meanwhile is not told later.',
                confirmLabel: 'Disable',
              }
        }
      >
        {isDisabled ? 'Enable' : 'Disable'}
      </ActionButton>
      <ActionButton
        size="sm"
        variant="danger-ghost"
        aria-label={`Remove ${name}`}
        action={() => removeWebhookAction(id)}
        doneText={`${name} removed`}
        confirm={{
          title: `Remove the webhook “${name}”?`,
          text: 'What waits for it is dropped.',
          confirmLabel: 'Remove webhook',
        }}
      >
        Remove
      </ActionButton>
    </span>
  );
}
