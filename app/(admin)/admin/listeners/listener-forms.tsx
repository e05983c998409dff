'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { saveSettingAction } from '../settings/actions.ts';
import { applyPortsAction, switchListenerAction } from './actions.ts';

export function EditListener({
  settingKey,
  title,
  help,
  places,
}: {
  settingKey: string;
  title: string;
  help: string;
  /** One a line */
  places: string;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)} aria-label={`Edit ${title}`}>
        Edit
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={title}>
        <ActionForm
          action={saveSettingAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="key" value={settingKey} />
          <FormField name="value" label="Addresses and ports" help={help}>
            <Textarea
              name="value"
              rows={4}
              defaultValue={places}
              className="font-mono"
              autoCapitalize="off"
              spellCheck={false}
            />
          </FormField>
          <FormButtons label="Save" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function SwitchListener({
  name,
  title,
  isOn,
  isFixed,
}: {
  name: string;
  title: string;
  isOn: boolean;
  /** The environment says where it listens */
  isFixed: boolean;
}) {
  const toast = useToast();
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const change = (wanted: boolean) =>
    startTransition(async () => {
      const error = await switchListenerAction(name, wanted);
      if (error) toast.show({ text: error, kind: 'error' });
      else toast.show({ text: `${title} is switched ${wanted ? 'on' : 'off'}` });
      router.refresh();
    });
  return (
    <Switch
      checked={isOn}
      disabled={isPending || isFixed}
      onChange={(event) => change(event.target.checked)}
      aria-label={title}
    />
  );
}

export function PortButtons({ isEverywhere }: { isEverywhere: boolean }) {
  return (
    <>
      <ActionButton
        action={() => applyPortsAction('trial')}
        doneText="The ports of a trial are in use"
        confirm={{
          title: 'Use the ports of a trial?',
          text: 'Mail on 2525, 2587, 2465, 2143, 2993, 2110 and 2995, the web pages on 3000. Other mail servers reach port 25 alone.',
          confirmLabel: 'Use them',
        }}
      >
        Trial ports
      </ActionButton>
      <ActionButton
        variant="primary"
        action={() => applyPortsAction('standard')}
        doneText="The standard ports are in use"
        confirm={{
          title: 'Use the standard ports?',
          text: `Mail on 25, 587, 465, 143, 993, 110 and 995, the web pages on 80 and 443${isEverywhere ? '' : ', at the address of “Listen on”: this machine alone, until you change it'}. It is tried first: where one cannot be had, nothing changes.`,
          confirmLabel: 'Use them',
        }}
      >
        Standard ports
      </ActionButton>
    </>
  );
}
