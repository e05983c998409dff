// Asks before messages go without Trash.
'use client';
import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import type { Mail } from '../state/use-mail.ts';

export function DestroyDialog({
  mail,
  ids,
  onClose,
}: {
  mail: Mail;
  ids: number[] | null;
  onClose: () => void;
}) {
  const t = useTranslations('list.destroying');
  const count = mail.everything?.count ?? ids?.length ?? 0;
  const isFinal = mail.folder?.role === 'deleted' || mail.keptDays === 0;
  return (
    <ConfirmDialog
      isOpen={ids !== null}
      onClose={onClose}
      title={t(isFinal ? 'titleFinal' : 'title', { count })}
      confirmLabel={t(isFinal ? 'confirmFinal' : 'confirm')}
      onConfirm={async () => {
        if (mail.everything) void mail.runOnEverything({ kind: 'destroy' }, t('title', { count }));
        else if (ids) await mail.destroy(ids);
        return undefined;
      }}
    >
      {isFinal ? t('final') : t('kept', { days: mail.keptDays })}
    </ConfirmDialog>
  );
}
