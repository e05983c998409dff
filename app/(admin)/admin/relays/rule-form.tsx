// The fields of a relay rule: which mail, where it goes, and behind "More" what few rules need.
'use client';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { ActionForm, FormButtons, FormField, useFormErrors } from '#components/ui/action-form.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { RelayNumber } from '#lib/queue/relay-check.ts';
import type { RelayRule, RelayTarget, RelayTlsMode } from '#lib/queue/relay-rule.ts';
import { addRelayRuleAction, editRelayRuleAction } from './actions.ts';

const targets: Record<RelayTarget, string> = {
  hosts: 'Through a host (smart host, relay)',
  mx: "To the recipient's own mail servers, found by MX",
  lmtp: 'Into a mail store by LMTP',
  hold: 'Nowhere yet: it waits in the queue until somebody releases it',
  return: 'Back to its sender',
  discard: 'Nowhere: it is thrown away, and nobody is told',
};

const tlsModes: Record<RelayTlsMode, string> = {
  opportunistic: 'When the host offers it',
  required: 'Required, any certificate',
  verified: 'Required, the certificate is checked',
  dane: "Required, checked by the host's DANE records",
  implicit: 'From the first byte (port 465), checked',
  none: 'None',
};

export function RuleForm({ rule, onDone }: { rule?: RelayRule; onDone: () => void }) {
  const [target, setTarget] = useState<RelayTarget>(rule?.target ?? 'hosts');
  const isSent = target === 'hosts' || target === 'mx' || target === 'lmtp';
  return (
    <ActionForm
      action={rule ? editRelayRuleAction : addRelayRuleAction}
      onDone={onDone}
      className="flex flex-col gap-4 text-left"
    >
      {rule && <input type="hidden" name="id" value={rule.id} />}
      <ConditionFields rule={rule} />
      <FormField name="target" label="Where it goes">
        <Select
          name="target"
          value={target}
          onChange={(event) => setTarget(event.target.value as RelayTarget)}
        >
          {Object.entries(targets).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </FormField>
      {target === 'return' && (
        <FormField
          name="text"
          label="Reason"
          isOptional
          help="What the sender reads. A status may stand before it: 5.1.1 This address has moved."
        >
          <Input name="text" defaultValue={rule?.text} />
        </FormField>
      )}
      {isSent && <WayFields rule={rule} target={target} />}
      <FormField name="comment" label="Comment" isOptional>
        <Input name="comment" defaultValue={rule?.comment} />
      </FormField>
      {isSent && <MoreFields rule={rule} />}
      <FormButtons label={rule ? 'Save' : 'Add rule'} onCancel={onDone} />
    </ActionForm>
  );
}

/** A line for names, addresses and numbers: nothing to correct, nothing to begin with a capital. */
function Plain(props: ComponentProps<typeof Input>) {
  return <Input autoCapitalize="off" autoComplete="off" spellCheck={false} {...props} />;
}

function Group({ label, help, children }: { label: string; help?: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="font-medium">{label}</legend>
      {help && <p className="text-sm text-muted">{help}</p>}
      {children}
    </fieldset>
  );
}

function ConditionFields({ rule }: { rule?: RelayRule }) {
  const show = (text?: string) => text?.replaceAll(' ', ', ');
  return (
    <Group
      label="Which mail"
      help="What you fill in has to fit, all of it. Nothing filled in: all mail that no rule above takes. Give an address, a domain, .domain for a domain and all below it, or a pattern with *; several with commas."
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <FormField name="recipient" label="To" isOptional>
          <Plain name="recipient" defaultValue={show(rule?.recipient)} placeholder="example.net" />
        </FormField>
        <FormField name="sender" label="From" isOptional help="<> is a report of failure.">
          <Plain name="sender" defaultValue={show(rule?.sender)} placeholder="*@example.org" />
        </FormField>
        <FormField name="user" label="Sent by user" isOptional help="* is any user.">
          <Plain name="user" defaultValue={show(rule?.user)} placeholder="anna@example.org" />
        </FormField>
      </div>
    </Group>
  );
}

function WayFields({ rule, target }: { rule?: RelayRule; target: RelayTarget }) {
  const [tlsMode, setTlsMode] = useState<RelayTlsMode>(rule?.tlsMode ?? 'opportunistic');
  const isLmtp = target === 'lmtp';
  const usualPort = isLmtp ? 24 : tlsMode === 'implicit' ? 465 : 25;
  const help = isLmtp
    ? `A name or address with its port (else ${usualPort}), or the path of a socket: unix:/run/dovecot/lmtp. Several are tried in their order.`
    : `A name or address, with its port where it is not ${usualPort}. Several with commas are tried in their order. mx:example.net stands for the mail servers of a domain.`;
  return (
    <>
      {target !== 'mx' && (
        <FormField name="hosts" label="Host" help={help}>
          <Plain
            name="hosts"
            defaultValue={rule?.hosts.replaceAll(' ', ', ')}
            placeholder={isLmtp ? 'store.example.org:24' : 'smtp.provider.example:587'}
          />
        </FormField>
      )}
      <FormField
        name="tlsMode"
        label="TLS"
        help={
          target === 'mx' && tlsMode === 'opportunistic'
            ? 'What the domain asks for by DANE or MTA-STS is obeyed.'
            : undefined
        }
      >
        <Select
          name="tlsMode"
          value={tlsMode}
          onChange={(event) => setTlsMode(event.target.value as RelayTlsMode)}
        >
          {Object.entries(tlsModes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </FormField>
      {target !== 'mx' && <LoginFields rule={rule} />}
    </>
  );
}

function LoginFields({ rule }: { rule?: RelayRule }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <FormField name="username" label="Login" isOptional>
        <Plain name="username" defaultValue={rule?.username} />
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
  );
}

const moreNames = [
  ...['fallbackHosts', 'fallbackAfter', 'sourceIpv4', 'sourceIpv6', 'helo', 'family'],
  ...['firstRetryMinutes', 'maxRetryMinutes', 'delayNoticeHours', 'lifetimeHours'],
  ...['concurrency', 'rateDelaySeconds'],
];

function MoreFields({ rule }: { rule?: RelayRule }) {
  const errors = useFormErrors();
  const [isOpen, setIsOpen] = useState(false);
  const hasError = moreNames.some((name) => errors[name]);
  const number = (name: RelayNumber, label: string) => (
    <FormField name={name} label={label} isOptional>
      <Plain name={name} inputMode="numeric" defaultValue={rule?.[name] ?? ''} />
    </FormField>
  );
  return (
    <details
      open={isOpen || hasError}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      className="rounded-md border p-3"
    >
      <summary className="cursor-pointer font-medium">
        More: other hosts, source address, times, limits
      </summary>
      <div className="mt-3 flex flex-col gap-5">
        <Group label="When it fails">
          <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_10rem]">
            <FormField
              name="fallbackHosts"
              label="Other hosts"
              isOptional
              help="Take the place of the first ones after so many failed attempts."
            >
              <Plain
                name="fallbackHosts"
                defaultValue={rule?.fallbackHosts.replaceAll(' ', ', ')}
              />
            </FormField>
            <FormField name="fallbackAfter" label="After attempts">
              <Plain
                name="fallbackAfter"
                inputMode="numeric"
                defaultValue={rule?.fallbackAfter ?? 3}
              />
            </FormField>
          </div>
        </Group>
        <SourceFields rule={rule} />
        <Group label="Times" help="Empty: as the delivery settings say.">
          <div className="grid gap-3 sm:grid-cols-2">
            {number('firstRetryMinutes', 'First retry, minutes')}
            {number('maxRetryMinutes', 'Longest wait, minutes')}
            {number('delayNoticeHours', 'Tell the sender after, hours')}
            {number('lifetimeHours', 'Give up after, hours')}
          </div>
        </Group>
        <Group label="Limits" help="Of all mail that this rule takes. Empty: none of its own.">
          <div className="grid gap-3 sm:grid-cols-2">
            {number('concurrency', 'Deliveries at one time')}
            {number('rateDelaySeconds', 'Pause between them, seconds')}
          </div>
        </Group>
      </div>
    </details>
  );
}

function SourceFields({ rule }: { rule?: RelayRule }) {
  return (
    <Group
      label="Sent from"
      help="Empty: as the system chooses. The address has to be one of this machine."
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <FormField name="sourceIpv4" label="IPv4 address" isOptional>
          <Plain name="sourceIpv4" defaultValue={rule?.sourceIpv4} placeholder="192.0.2.7" />
        </FormField>
        <FormField name="sourceIpv6" label="IPv6 address" isOptional>
          <Plain name="sourceIpv6" defaultValue={rule?.sourceIpv6} placeholder="2001:db8::7" />
        </FormField>
        <FormField name="helo" label="Own name in EHLO" isOptional>
          <Plain name="helo" defaultValue={rule?.helo} placeholder="out2.example.org" />
        </FormField>
        <FormField name="family" label="Addresses of the host">
          <Select name="family" defaultValue={rule?.family ?? ''}>
            <option value="">As the settings say</option>
            <option value="ipv4">IPv4 first</option>
            <option value="ipv6">IPv6 first</option>
            <option value="ipv4-only">IPv4 only</option>
            <option value="ipv6-only">IPv6 only</option>
          </Select>
        </FormField>
      </div>
    </Group>
  );
}
