'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, Switch } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { addAliasAction, editAliasAction, removeAliasAction } from './actions.ts';

export function AddAlias({ domains, domain }: { domains: string[]; domain?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [isCatchAll, setIsCatchAll] = useState(false);
  const close = () => {
    setIsOpen(false);
    setIsCatchAll(false);
  };
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add alias
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add an alias">
        <ActionForm
          action={addAliasAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="kind" value={isCatchAll ? 'catch-all' : 'address'} />
          <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-start gap-1.5">
            <FormField
              name="localPart"
              label="Alias"
              help={isCatchAll ? undefined : '* stands for anything: sales-*'}
            >
              <Input
                name="localPart"
                placeholder={isCatchAll ? 'everything else' : 'info'}
                readOnly={isCatchAll}
                autoFocus
                autoCapitalize="off"
                autoComplete="off"
                spellCheck={false}
              />
            </FormField>
            <span className="mt-[1.9rem] text-muted">@</span>
            <FormField name="domain" label="Domain">
              <Select name="domain" defaultValue={domain || domains[0]}>
                {domains.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            </FormField>
          </div>
          <Checkbox
            checked={isCatchAll}
            onChange={(event) => setIsCatchAll(event.target.checked)}
            label="Catch-all"
            help="Takes the mail to every address of the domain that does not exist. It draws junk mail."
          />
          <Targets />
          <Posters />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" />
          </FormField>
          <FormButtons label="Add alias" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function EditAlias({
  address,
  targets,
  comment,
  posters,
  isDisabled,
}: {
  address: string;
  targets: string[];
  comment: string;
  posters: PosterKind;
  isDisabled: boolean;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${address}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={address}>
        <ActionForm
          action={editAliasAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="address" value={address} />
          <Targets value={targets.join('\n')} />
          <Posters value={posters} />
          <FormField name="comment" label="Comment" isOptional>
            <Input name="comment" defaultValue={comment} />
          </FormField>
          <Switch
            name="isEnabled"
            defaultChecked={!isDisabled}
            label="In use"
            help="Off: mail to this alias is refused."
          />
          <FormButtons label="Save" onCancel={close}>
            <ActionButton
              variant="danger-ghost"
              className="mr-auto"
              action={() => removeAliasAction(address)}
              doneText={`${address} deleted`}
              onDone={close}
              confirm={{
                title: `Delete ${address}?`,
                text: 'Mail to this alias will be refused. The mailboxes behind it stay as they are.',
                confirmLabel: 'Delete alias',
              }}
            >
              Delete
            </ActionButton>
          </FormButtons>
        </ActionForm>
      </Dialog>
    </>
  );
}

type PosterKind = 'anyone' | 'inside' | 'members';

function Posters({ value = 'anyone' }: { value?: PosterKind }) {
  return (
    <FormField
      name="posters"
      label="Who may write to it"
      help="Members outside count where SPF proves their domain."
    >
      <Select name="posters" defaultValue={value}>
        <option value="anyone">Everybody</option>
        <option value="inside">Users of this server and trusted networks</option>
        <option value="members">Only the addresses it goes to</option>
      </Select>
    </FormField>
  );
}

function Targets({ value }: { value?: string }) {
  return (
    <FormField
      name="targets"
      label="Goes to"
      help="One or more addresses, here or outside, each on a line of its own."
    >
      <Textarea
        name="targets"
        defaultValue={value}
        rows={Math.min(10, Math.max(3, (value ?? '').split('\n').length + 1))}
        placeholder={'anna@example.org\nben@example.net'}
        autoCapitalize="off"
        spellCheck={false}
      />
    </FormField>
  );
}
