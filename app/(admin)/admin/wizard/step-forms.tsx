'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import {
  addWizardDomainAction,
  saveHostAction,
  saveSmartHostAction,
  sendDirectlyAction,
  sendTestMailAction,
} from './actions.ts';

const plain = { autoCapitalize: 'off', spellCheck: false } as const;

export function HostForm({ hostname }: { hostname: string }) {
  return (
    <ActionForm action={saveHostAction} className="flex max-w-md flex-col gap-4">
      <FormField name="hostname" label="Host name">
        <Input
          name="hostname"
          defaultValue={hostname}
          placeholder="mail.example.org"
          {...plain}
          required
        />
      </FormField>
      <SubmitButton variant="secondary" className="self-start">
        Save and check
      </SubmitButton>
    </ActionForm>
  );
}

export function DomainForm() {
  return (
    <ActionForm
      action={addWizardDomainAction}
      isResetWhenDone
      className="flex max-w-md flex-col gap-4"
    >
      <FormField name="name" label="Another domain">
        <Input name="name" placeholder="example.org" {...plain} required />
      </FormField>
      <SubmitButton variant="secondary" className="self-start">
        Add and check
      </SubmitButton>
    </ActionForm>
  );
}

export function DirectButton() {
  return (
    <ActionButton
      size="sm"
      action={sendDirectlyAction}
      doneText="Mail leaves directly"
      confirm={{
        title: 'Send directly?',
        text: 'The relay rule for all mail is removed, with its login. Mail goes to the servers of its recipients, by port 25.',
        confirmLabel: 'Send directly',
      }}
    >
      Send directly instead
    </ActionButton>
  );
}

export function SmartHostForm({ hosts, username }: { hosts: string; username: string }) {
  const [, host = '', port = '587'] = /^(.+):(\d+)$/.exec(hosts.split(' ')[0] ?? '') ?? [];
  return (
    <details open={hosts !== '' || undefined} className="rounded-md border">
      <summary className="cursor-pointer px-3 py-2 font-medium">Through a smart host</summary>
      <ActionForm action={saveSmartHostAction} className="grid gap-4 border-t p-3 sm:grid-cols-2">
        <FormField name="host" label="Host" help="As your provider names it">
          <Input name="host" defaultValue={host} placeholder="smtp.example.net" {...plain} />
        </FormField>
        <FormField name="port" label="Port" help="587 or 465">
          <Input name="port" inputMode="numeric" defaultValue={port} />
        </FormField>
        <FormField name="username" label="User name" isOptional>
          <Input name="username" defaultValue={username} autoComplete="off" {...plain} />
        </FormField>
        <FormField name="password" label="Password" isOptional>
          <Input name="password" type="password" autoComplete="new-password" />
        </FormField>
        <FormField name="tlsMode" label="TLS">
          <Select name="tlsMode" defaultValue="verified">
            <option value="verified">Required, the certificate is checked (587)</option>
            <option value="implicit">From the first byte, checked (465)</option>
            <option value="required">Required, any certificate</option>
            <option value="opportunistic">When the host offers it</option>
            <option value="none">None</option>
          </Select>
        </FormField>
        <div className="flex items-end">
          <SubmitButton variant="secondary">Try the login and save</SubmitButton>
        </div>
      </ActionForm>
    </details>
  );
}

export function TestMailForm({ address }: { address: string }) {
  return (
    <ActionForm action={sendTestMailAction} className="flex max-w-md flex-col gap-4">
      <FormField
        name="to"
        label="Send a test mail to"
        help="To yourself, then to an address elsewhere: there the header shows whether SPF and DKIM passed."
      >
        <Input name="to" type="email" defaultValue={address} {...plain} />
      </FormField>
      <SubmitButton variant="secondary" className="self-start">
        Send
      </SubmitButton>
    </ActionForm>
  );
}
