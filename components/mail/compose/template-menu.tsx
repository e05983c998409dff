// Canned texts and the signature: put in where the cursor stands, or kept from what is written. They never replace what is
// there.
'use client';
import { StickyNote } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type RefObject, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input } from '#components/ui/input.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { toPlainText } from '#lib/mail/rich-text.ts';
import { signatureBlock, signatureElement } from '#lib/mail/signature.ts';
import { errorText, postJson } from '../state/request.ts';
import type { BodyHandle } from './body-editor.tsx';
import { type ComposeSetup, dropSetup, findIdentity, loadSetup, signatureOf } from './setup.ts';
import type { ComposerModel } from './use-composer.ts';

const mostShown = 30;

export function TemplateMenu({
  composer,
  setup,
  setSetup,
  body,
}: {
  composer: ComposerModel;
  setup: ComposeSetup;
  setSetup: (setup: ComposeSetup) => void;
  body: RefObject<BodyHandle | null>;
}) {
  const t = useTranslations('compose.template');
  const toast = useToast();
  const [isSaving, setIsSaving] = useState(false);
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const insert = (template: ComposeSetup['templates'][number]) => {
    body.current?.insertTemplate(template);
    if (template.subject && composer.form.subject.trim() === '') {
      composer.change({ subject: template.subject });
    }
  };
  const save = async () => {
    const { subject, isHtml, html, text } = composer.formNow();
    // The signature comes with the sender.
    const own = html.replace(/<div class="drey-signature">[\s\S]*$/, '');
    const plain = isHtml ? toPlainText(own) : text.split('\n-- \n')[0]!.trim();
    try {
      const template = { name, subject, text: plain, html: isHtml ? own : '' };
      await postJson('/api/mail/templates', { kind: 'add', template });
      dropSetup();
      setSetup(await loadSetup());
      setIsSaving(false);
      toast.show({ text: t('saved') });
    } catch (reason) {
      setError(errorText(reason));
    }
  };
  const { identity, from } = composer.form;
  const signature = signatureOf(findIdentity(setup.identities, identity, from));
  const signatureHtml = signatureElement(signature);
  const items: MenuItem[] = [
    ...(signatureHtml === ''
      ? []
      : ([
          {
            label: t('signature'),
            onSelect: () =>
              body.current?.insertTemplate({
                text: `\n${signatureBlock(signature)}\n`,
                html: signatureHtml,
              }),
          },
          'separator',
        ] as const)),
    ...(setup.templates.length === 0 ? [{ label: t('none'), isDisabled: true }] : []),
    ...setup.templates.slice(0, mostShown).map((template) => ({
      label: template.name,
      onSelect: () => insert(template),
    })),
    'separator',
    {
      label: t('save'),
      onSelect: () => {
        setName(composer.form.subject.trim());
        setError('');
        setIsSaving(true);
      },
    },
    { label: t('manage'), href: '/options/templates' },
  ];
  return (
    <>
      <Menu
        label={t('label')}
        align="start"
        trigger={(props) => <IconButton {...props} label={t('label')} icon={<StickyNote />} />}
        items={items}
      />
      <Dialog
        isOpen={isSaving}
        onClose={() => setIsSaving(false)}
        title={t('saveTitle')}
        size="sm"
        footer={
          <Button variant="primary" onClick={() => void save()}>
            {t('saveAction')}
          </Button>
        }
      >
        <Field label={t('name')} error={error}>
          <Input
            value={name}
            maxLength={200}
            dir="auto"
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.ctrlKey) void save();
            }}
          />
        </Field>
      </Dialog>
    </>
  );
}
