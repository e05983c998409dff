// Pausing and resuming, and sending what waits for a domain to another host.
'use client';
import { Pause, Shuffle } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { pauseAction, rerouteAction, resumeAction } from './actions.ts';

export function PauseButton({ destination = '*' }: { destination?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button icon={<Pause className="size-4" />} onClick={() => setIsOpen(true)}>
        Pause…
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Pause sending">
        <ActionForm action={pauseAction} onDone={close} className="space-y-4">
          <FormField
            name="destination"
            label="Domain"
            help="Nothing is sent there meanwhile. * pauses the whole queue."
          >
            <Input name="destination" defaultValue={destination} autoCapitalize="none" />
          </FormField>
          <FormField name="hours" label="For how long">
            <Select name="hours" defaultValue="0">
              <option value="0">until somebody resumes</option>
              <option value="1">an hour</option>
              <option value="4">4 hours</option>
              <option value="24">a day</option>
            </Select>
          </FormField>
          <FormField name="reason" label="Reason" help="For other administrators. May stay empty.">
            <Input name="reason" maxLength={200} />
          </FormField>
          <FormButtons label="Pause" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}

export function ResumeButton({ destination }: { destination: string }) {
  return (
    <ActionButton size="sm" action={() => resumeAction(destination)} doneText="Resumed">
      Resume
    </ActionButton>
  );
}

export function RerouteButton({ domain }: { domain: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button icon={<Shuffle className="size-4" />} onClick={() => setIsOpen(true)}>
        Reroute…
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={`Send mail for ${domain} elsewhere`}>
        <ActionForm action={rerouteAction} onDone={close} className="space-y-4">
          <input type="hidden" name="domain" value={domain} />
          <FormField
            name="host"
            label="Host"
            help="Name or address, with :port where it is not 25. Empty: by the MX of the domain. It becomes the first relay rule for the domain; remove the rule to undo it. All that waits for the domain is tried at once."
          >
            <Input name="host" placeholder="mx2.example.org" autoCapitalize="none" />
          </FormField>
          <FormButtons label="Reroute" onCancel={close} />
        </ActionForm>
      </Dialog>
    </>
  );
}
