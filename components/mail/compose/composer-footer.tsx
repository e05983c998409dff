// The foot of a composer: send now or later, files, format, templates, more options, discard.
'use client';
import {
  ChevronDown,
  FileText,
  MoreVertical,
  Paperclip,
  SendHorizontal,
  Trash2,
  Type,
} from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { type RefObject, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { localeNames, locales } from '#lib/i18n/locales.ts';
import { hasFormats, toPlainText, toRichText } from '#lib/mail/rich-text.ts';
import { getJson } from '../state/request.ts';
import type { BodyHandle } from './body-editor.tsx';
import { LaterDialog } from './later-dialog.tsx';
import type { ComposeSetup } from './setup.ts';
import { TemplateMenu } from './template-menu.tsx';
import type { ComposerModel } from './use-composer.ts';

export function ComposerFooter({
  composer,
  setup,
  setSetup,
  body,
  onScheduled,
  onDiscard,
}: {
  composer: ComposerModel;
  setup: ComposeSetup;
  setSetup: (setup: ComposeSetup) => void;
  body: RefObject<BodyHandle | null>;
  onScheduled: (() => void) | undefined;
  onDiscard: () => void;
}) {
  const t = useTranslations('compose');
  const locale = useLocale();
  const files = useRef<HTMLInputElement>(null);
  const [isLater, setIsLater] = useState(false);
  const { maxFileBytes, laterDays } = setup;
  const attachLabel = t('files.attach');
  const ways: MenuItem[] = [
    ...(composer.form.origin
      ? [
          {
            label: t('send.archive'),
            shortcut: 'Ctrl+Shift+Enter',
            onSelect: () => void composer.send({ archives: true }),
          },
        ]
      : []),
    ...(laterDays > 0 ? [{ label: t('send.later'), onSelect: () => setIsLater(true) }] : []),
    ...(onScheduled ? [{ label: t('scheduled.title'), onSelect: onScheduled }] : []),
  ];
  return (
    <footer className="flex shrink-0 items-center gap-1 border-t px-3 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))]">
      <Button
        variant="primary"
        isPending={composer.isSending}
        title={t('send.sendTitle')}
        className={ways.length > 0 ? 'rounded-e-none' : ''}
        onClick={() => void composer.send()}
      >
        <SendHorizontal aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('send.send')}
      </Button>
      {ways.length > 0 && (
        <Menu
          label={t('send.more')}
          align="start"
          trigger={(props) => (
            <Button
              {...props}
              variant="primary"
              aria-label={t('send.more')}
              className="-ms-1 rounded-s-none border-s-on-accent px-1.5"
            >
              <ChevronDown aria-hidden className="size-4" />
            </Button>
          )}
          items={ways}
        />
      )}
      <IconButton
        label={attachLabel}
        title={
          maxFileBytes > 0
            ? `${attachLabel} — ${t('files.limit', { size: formatBytes(maxFileBytes, locale) })}`
            : attachLabel
        }
        icon={<Paperclip />}
        className="ms-1"
        onClick={() => files.current?.click()}
      />
      <input
        ref={files}
        type="file"
        data-attach
        multiple
        hidden
        aria-label={attachLabel}
        onChange={(event) => {
          composer.attach([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <FormatSwitch composer={composer} />
      <TemplateMenu composer={composer} setup={setup} setSetup={setSetup} body={body} />
      <MoreMenu composer={composer} />
      <IconButton
        label={t('discard.action')}
        icon={<Trash2 />}
        className="ms-auto"
        onClick={onDiscard}
      />
      <LaterDialog
        isOpen={isLater}
        onClose={() => setIsLater(false)}
        onChoose={(sendAt) => void composer.send({ sendAt })}
        maxDays={laterDays}
      />
    </footer>
  );
}

/** To plain text and back; asks where something would be lost. */
function FormatSwitch({ composer }: { composer: ComposerModel }) {
  const t = useTranslations('compose.format');
  const [isAsking, setIsAsking] = useState(false);
  const { form } = composer;
  const toPlain = async () => {
    const { html, quote } = composer.formNow();
    const own = toPlainText(html);
    if (!quote) return composer.convert(false, own);
    const answer = await getJson<{ html: string }>('/api/mail/quote', { id: quote.id, edit: 1 });
    const quoted = toPlainText(answer.html);
    const text = quote.place === 'above' ? [quoted, own] : [own, quoted];
    composer.convert(false, text.join('\n\n'));
  };
  const change = () => {
    if (!form.isHtml) return composer.convert(true, toRichText(form.text));
    const { html, quote } = composer.formNow();
    const isLoss = quote !== null || hasFormats(html.replace(/ class="drey-signature"/g, ''));
    if (isLoss) setIsAsking(true);
    else void toPlain();
  };
  const label = t(form.isHtml ? 'toPlain' : 'toRich');
  return (
    <>
      <IconButton label={label} icon={form.isHtml ? <FileText /> : <Type />} onClick={change} />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('loseTitle')}
        confirmLabel={t('loseConfirm')}
        isDanger={false}
        onConfirm={toPlain}
      >
        {t('lose')}
      </ConfirmDialog>
    </>
  );
}

function MoreMenu({ composer }: { composer: ComposerModel }) {
  const t = useTranslations('compose.menu');
  const language = useLocale();
  const { form, change, spelling } = composer;
  const priorities = (['high', 'normal', 'low'] as const).map((priority) => ({
    label: t(priority),
    isChecked: form.priority === priority,
    onSelect: () => change({ priority }),
  }));
  const spellings = ['auto', 'off', ...[...locales].sort((a) => (a === language ? -1 : 0))];
  const items: MenuItem[] = [
    ...priorities,
    'separator',
    {
      label: t('readReceipt'),
      isChecked: form.wantsReadReceipt,
      onSelect: () => change({ wantsReadReceipt: !form.wantsReadReceipt }),
    },
    {
      label: t('deliveryReceipt'),
      isChecked: form.wantsDeliveryReceipt,
      onSelect: () => change({ wantsDeliveryReceipt: !form.wantsDeliveryReceipt }),
    },
    ...(form.origin?.kind === 'reply'
      ? [
          {
            label: t('keepBeside'),
            isChecked: form.keepBeside,
            onSelect: () => change({ keepBeside: !form.keepBeside }),
          },
        ]
      : []),
    { label: t('replyTo'), onSelect: () => composer.setHasReplyTo(true) },
    'separator',
    ...spellings.map((each) => ({
      label:
        each === 'auto'
          ? t('spellingAuto')
          : each === 'off'
            ? t('spellingOff')
            : t('spellingLanguage', { language: localeNames[each as keyof typeof localeNames] }),
      isChecked: spelling === each,
      onSelect: () => composer.setSpelling(each),
    })),
  ];
  return (
    <Menu
      label={t('label')}
      align="start"
      trigger={(props) => <IconButton {...props} label={t('label')} icon={<MoreVertical />} />}
      items={items}
    />
  );
}
