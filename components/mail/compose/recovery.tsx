// Messages that were not finished when the page went: offered once, each field as text (never as markup), with its time.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { toPlainText } from '#lib/mail/rich-text.ts';
import { formatFullDate } from '../dates.ts';
import { fullName } from '../people.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { ComposerStart } from './compose-start.ts';
import { dropLocal, type LocalDraft } from './local-drafts.ts';

const kinds = ['to', 'cc', 'bcc', 'replyTo'] as const;

export default function Recovery({
  orphans,
  onResume,
}: {
  orphans: LocalDraft[];
  onResume: (id: string, start: ComposerStart) => void;
}) {
  const t = useTranslations('compose');
  const style = useDateStyle();
  const [found, setFound] = useState(orphans);
  const forget = (id: string) => setFound((all) => all.filter((each) => each.id !== id));
  return (
    <Dialog
      isOpen={found.length > 0}
      onClose={() => setFound([])}
      title={t('recovery.title')}
      footer={<Button onClick={() => setFound([])}>{t('recovery.later')}</Button>}
    >
      <p className="text-muted">{t('recovery.help', { count: found.length })}</p>
      <ul className="divide-y">
        {found.map(({ id, savedAt, form, attachments, draftUid }) => (
          <li key={id} className="py-3">
            <p className="text-sm text-muted">
              {t('recovery.at', { time: formatFullDate(savedAt, style) })}
            </p>
            <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-sm">
              {kinds
                .filter((kind) => form[kind].length > 0)
                .map((kind) => (
                  <div key={kind} className="contents">
                    <dt className="text-muted">{t(`field.${kind}`)}</dt>
                    <dd className="truncate">{form[kind].map(fullName).join(', ')}</dd>
                  </div>
                ))}
              <dt className="text-muted">{t('field.subject')}</dt>
              <dd className="truncate font-medium" dir="auto">
                {form.subject}
              </dd>
            </dl>
            <p className="mt-1 line-clamp-4 whitespace-pre-wrap" dir="auto">
              {(form.isHtml ? toPlainText(form.html) : form.text).slice(0, 1000)}
            </p>
            <div className="mt-2 flex gap-2">
              <Button
                variant="primary"
                size="sm"
                onClick={() => {
                  forget(id);
                  onResume(id, { form, attachments, draftUid, isUnsaved: true });
                }}
              >
                {t('recovery.restore')}
              </Button>
              <Button
                size="sm"
                onClick={() => {
                  forget(id);
                  void dropLocal(id);
                }}
              >
                {t('recovery.delete')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
