// The fields of a new certificate, by where it comes from.
'use client';
import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { ActionForm, FormButtons, FormField } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import type { CertificateKind } from '#lib/certificates/certificate.ts';
import type { CheckedName } from '#lib/certificates/finding.ts';
import { addCertificateAction, offerNamesAction } from './actions.ts';

const kinds: Record<CertificateKind, string> = {
  acme: 'Ordered by ACME and renewed by itself',
  uploaded: 'Uploaded: a certificate and its key',
  files: 'From files on this server, followed when they change',
  'self-signed': 'Self-signed: made here, programs warn of it',
};
const maxFileBytes = 200_000;

export function AddForm({ onDone }: { onDone: () => void }) {
  const [kind, setKind] = useState<CertificateKind>('acme');
  return (
    <ActionForm
      action={addCertificateAction}
      onDone={onDone}
      className="flex flex-col gap-4 text-left"
    >
      <FormField name="kind" label="Where it comes from">
        <Select
          name="kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as CertificateKind)}
        >
          {Object.entries(kinds).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </FormField>
      {(kind === 'acme' || kind === 'self-signed') && <NameFields />}
      {kind === 'uploaded' && <PairFields />}
      {kind === 'files' && <FileFields />}
      <FormButtons label={kind === 'acme' ? 'Order' : 'Add certificate'} onCancel={onDone} />
    </ActionForm>
  );
}

function NameFields() {
  const [names, setNames] = useState('');
  const [offered, setOffered] = useState<CheckedName[] | string | null>(null);
  useEffect(() => {
    let isGone = false;
    void offerNamesAction().then((found) => {
      if (isGone) return;
      setOffered(found);
      const here = Array.isArray(found) ? found.filter(({ isHere }) => isHere) : [];
      // Not over what somebody has typed meanwhile.
      setNames((typed) => typed || here.map(({ name }) => name).join('\n'));
    });
    return () => {
      isGone = true;
    };
  }, []);
  const add = (name: string) => setNames((typed) => `${typed.trim()}\n${name}`.trim());
  const taken = new Set(names.toLowerCase().split(/[\s,]+/));
  return (
    <>
      <FormField
        name="names"
        label="Host names"
        help="One a line. The DNS of each must lead to this server. One certificate for all of them."
      >
        <Textarea
          name="names"
          rows={5}
          value={names}
          onChange={(event) => setNames(event.target.value)}
          placeholder="mail.example.org"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
        />
      </FormField>
      <div role="status" className="text-sm text-muted empty:hidden">
        {offered === null && 'Looking which names lead here…'}
        {typeof offered === 'string' && offered}
      </div>
      {Array.isArray(offered) && (
        <Offered names={offered.filter(({ name }) => !taken.has(name))} onAdd={add} />
      )}
    </>
  );
}

/** Names that lead here, to add; behind a line the others, with what keeps them. */
function Offered({ names, onAdd }: { names: CheckedName[]; onAdd: (name: string) => void }) {
  const here = names.filter(({ isHere }) => isHere);
  const others = names.filter(({ isHere }) => !isHere);
  return (
    <>
      <ul className="flex flex-col gap-1.5 empty:hidden">
        {here.map(({ name, purpose }) => (
          <li key={name} className="flex items-center gap-3 text-sm">
            <Button size="sm" onClick={() => onAdd(name)} aria-label={`Add ${name}`}>
              Add
            </Button>
            <span className="min-w-0 flex-1 break-words">
              {name} <span className="text-muted">{purpose}</span>
            </span>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <details className="text-sm">
          <summary className="cursor-pointer text-muted">
            {formatPlural(others.length, 'name does', 'names do')} not lead here
          </summary>
          <ul className="mt-2 flex flex-col gap-2">
            {others.map(({ name, text }) => (
              <li key={name} className="break-words">
                {name} <span className="text-muted">{text}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Certificate and key as text, typed or out of files. */
export function PairFields() {
  return (
    <>
      <PemField
        name="chain"
        label="Certificate"
        help="PEM: the certificate first, then the intermediate ones."
      />
      <PemField name="key" label="Private key" help="PEM, without a passphrase. Kept encrypted." />
    </>
  );
}

function PemField({ name, label, help }: { name: string; label: string; help: string }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file || file.size > maxFileBytes || !area.current) return;
    area.current.value = await file.text();
  };
  return (
    <div className="flex flex-col gap-1.5">
      <FormField name={name} label={label} help={help}>
        <Textarea
          ref={area}
          name={name}
          rows={4}
          className="font-mono text-sm"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
        />
      </FormField>
      <input
        type="file"
        aria-label={`${label} from a file`}
        className="max-w-full text-sm text-muted"
        onChange={(event) => void read(event)}
      />
    </div>
  );
}

function FileFields() {
  return (
    <>
      <FormField name="certificateFile" label="Certificate file">
        <Input
          name="certificateFile"
          placeholder="/etc/letsencrypt/live/mail.example.org/fullchain.pem"
        />
      </FormField>
      <FormField
        name="keyFile"
        label="Key file"
        help="It must be readable for the user Drey runs as. With several machines the files must be on each."
      >
        <Input name="keyFile" placeholder="/etc/letsencrypt/live/mail.example.org/privkey.pem" />
      </FormField>
    </>
  );
}
