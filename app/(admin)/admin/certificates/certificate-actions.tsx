'use client';
import { Ellipsis, Plus, RefreshCw, Trash2, Upload } from 'lucide-react';
import { useState } from 'react';
import { ActionForm, FormButtons } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { CertificateKind } from '#lib/certificates/certificate.ts';
import {
  orderCertificateAction,
  removeCertificateAction,
  replaceCertificateAction,
} from './actions.ts';
import { AddForm, PairFields } from './add-form.tsx';

export function AddCertificate() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setIsOpen(true)}>
        Add certificate
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a certificate" size="lg">
        <AddForm onDone={close} />
      </Dialog>
    </>
  );
}

/** What may be done with one certificate; `name` is its first. */
export function CertificateActions({
  id,
  name,
  kind,
}: {
  id: string;
  name: string;
  kind: CertificateKind;
}) {
  const [shown, setShown] = useState<'replace' | 'remove' | null>(null);
  const toast = useToast();
  const close = () => setShown(null);
  const order = async () => {
    const error = await orderCertificateAction(id);
    if (error) toast.show({ text: error, kind: 'error' });
    else toast.show({ text: `A new certificate for ${name} is on its way` });
  };
  const isMade = kind === 'acme' || kind === 'self-signed';
  const items: MenuItem[] = [
    ...(isMade ? [{ label: 'Order now', icon: <RefreshCw />, onSelect: () => void order() }] : []),
    ...(kind === 'uploaded'
      ? [{ label: 'Replace…', icon: <Upload />, onSelect: () => setShown('replace') }]
      : []),
    {
      label: 'Remove…',
      icon: <Trash2 />,
      isDanger: true,
      onSelect: () => setShown('remove'),
    },
  ];
  const label = `Actions for ${name}`;
  return (
    <>
      <Menu
        label={label}
        items={items}
        trigger={(props) => <IconButton {...props} label={label} icon={<Ellipsis />} size="sm" />}
      />
      <Dialog isOpen={shown === 'replace'} onClose={close} title={`Replace ${name}`} size="lg">
        <ActionForm
          action={replaceCertificateAction}
          onDone={close}
          className="flex flex-col gap-4 text-left"
        >
          <input type="hidden" name="id" value={id} />
          <PairFields />
          <FormButtons label="Replace" onCancel={close} />
        </ActionForm>
      </Dialog>
      <ConfirmDialog
        isOpen={shown === 'remove'}
        onClose={close}
        title={`Remove the certificate of ${name}?`}
        confirmLabel="Remove certificate"
        onConfirm={async () => {
          const error = await removeCertificateAction(id);
          if (!error) toast.show({ text: 'Certificate removed' });
          return error;
        }}
      >
        Programs that ask for its names get the default certificate instead and may warn of it. Its
        key is deleted here; it is not revoked.
      </ConfirmDialog>
    </>
  );
}
