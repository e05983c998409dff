// The controls that adding and editing a user share.
'use client';
import { type RefObject, useRef, useState } from 'react';
import { FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/input.tsx';

export function AddressField({
  domains,
  domain,
  localPart,
  label = 'Address',
  onDomain,
}: {
  domains: string[];
  domain?: string;
  localPart?: string;
  label?: string;
  onDomain?: (name: string) => void;
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-start gap-1.5">
      <FormField name="localPart" label={label}>
        <Input
          name="localPart"
          defaultValue={localPart}
          placeholder="name"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
        />
      </FormField>
      <span className="mt-[1.9rem] text-muted">@</span>
      <FormField name="domain" label="Domain">
        <Select
          name="domain"
          defaultValue={domain ?? domains[0]}
          onChange={(event) => onDomain?.(event.target.value)}
        >
          {domains.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      </FormField>
    </div>
  );
}

/** For a user or a shared mailbox that is called `address` now. */
export function RenameFields({ address, domains }: { address: string; domains: string[] }) {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return (
    <>
      <AddressField
        label="New address"
        localPart={address.slice(0, at)}
        domain={domain}
        domains={domains.includes(domain) ? domains : [domain, ...domains]}
      />
      <Checkbox
        name="keepsOld"
        defaultChecked
        label={
          <>
            Keep <span className="break-all">{address}</span> as an alias
          </>
        }
        help="Off: mail to the old address is refused."
      />
      <div>
        <SubmitButton variant="secondary">Change address</SubmitButton>
      </div>
    </>
  );
}

export function NameField({ value }: { value?: string }) {
  return (
    <FormField name="displayName" label="Name" isOptional>
      <Input name="displayName" defaultValue={value} autoComplete="off" />
    </FormField>
  );
}

/** For a new user; roles over chosen domains are given on the page of the user. */
export function RoleField() {
  return (
    <FormField
      name="role"
      label="Role"
      help="A super admin may open this panel and change everything in it. Roles for some domains only are given later, on the user's page."
    >
      <Select name="role" defaultValue="user" className="w-48">
        <option value="user">User</option>
        <option value="admin">Super admin</option>
      </Select>
    </FormField>
  );
}

export type QuotaTexts = { quota: string; messages: string };

/** What the user may keep; `defaults` are the server's, in words. */
export function QuotaFields({ values, defaults }: { values?: QuotaTexts; defaults: QuotaTexts }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <FormField
        name="quota"
        label="Quota"
        help={`A size such as 500 MB or 5 GB; 0 for no limit; empty for the default (${defaults.quota}).`}
      >
        <Input name="quota" defaultValue={values?.quota} placeholder={defaults.quota} />
      </FormField>
      <FormField
        name="messages"
        label="Most messages"
        help={`A number; 0 for no limit; empty for the default (${defaults.messages}).`}
      >
        <Input
          name="messages"
          inputMode="numeric"
          defaultValue={values?.messages}
          placeholder={defaults.messages}
        />
      </FormField>
    </div>
  );
}

export type DailyTexts = { dailyMessages: string; dailyRecipients: string };

/** What the user may send in a day; `defaults` are the server's, in words. */
export function DailyFields({ values, defaults }: { values?: DailyTexts; defaults: DailyTexts }) {
  const fields = [
    { name: 'dailyMessages', label: 'Messages a day' },
    { name: 'dailyRecipients', label: 'New recipients a day' },
  ] as const;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fields.map(({ name, label }) => (
        <FormField
          key={name}
          name={name}
          label={label}
          help={`That the user may send; 0 for no limit; empty for the server's default (${defaults[name]}).`}
        >
          <Input
            name={name}
            inputMode="numeric"
            defaultValue={values?.[name]}
            placeholder={defaults[name]}
          />
        </FormField>
      ))}
    </div>
  );
}

const protocols = [
  { name: 'imap', label: 'IMAP' },
  { name: 'pop3', label: 'POP3' },
  { name: 'submission', label: 'Sending (SMTP)' },
] as const;

/** What mail programs may use; the webmail is always open. */
export function ProtocolBoxes({
  closed,
  isTitleHidden = false,
}: {
  closed: readonly string[];
  isTitleHidden?: boolean;
}) {
  return (
    <fieldset>
      <legend className={isTitleHidden ? 'sr-only' : 'mb-1.5 text-sm font-medium'}>
        Mail programs may use
      </legend>
      <div className="flex flex-wrap gap-x-6 gap-y-1">
        {protocols.map(({ name, label }) => (
          <Checkbox key={name} name={name} label={label} defaultChecked={!closed.includes(name)} />
        ))}
      </div>
    </fieldset>
  );
}

export function MustChangeField({ isOn = false }: { isOn?: boolean }) {
  return (
    <Checkbox
      name="mustChange"
      defaultChecked={isOn}
      label="Must choose another one at the next sign-in to the web"
      help="Mail programs sign in with this one until then."
    />
  );
}

const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** 20 characters without look-alikes: more than 110 bits. */
function makePassword(): string {
  const picked: string[] = [];
  while (picked.length < 20) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // Only whole multiples of the alphabet, so that no letter is likelier than another.
    if (byte < 256 - (256 % alphabet.length)) picked.push(alphabet[byte % alphabet.length] ?? '');
  }
  return picked.join('');
}

export function PasswordField({ label, minLength }: { label: string; minLength: number }) {
  const input: RefObject<HTMLInputElement | null> = useRef(null);
  const [isShown, setIsShown] = useState(false);
  return (
    <FormField
      name="password"
      label={label}
      help={`At least ${minLength} characters, no common word, nothing of the name or the address.`}
    >
      <div className="flex gap-2">
        <Input
          ref={input}
          name="password"
          type={isShown ? 'text' : 'password'}
          autoComplete="new-password"
          spellCheck={false}
          className={isShown ? 'font-mono' : ''}
        />
        <Button onClick={() => setIsShown(!isShown)}>{isShown ? 'Hide' : 'Show'}</Button>
        <Button
          onClick={() => {
            if (input.current) input.current.value = makePassword();
            setIsShown(true);
          }}
        >
          Generate
        </Button>
      </div>
    </FormField>
  );
}
