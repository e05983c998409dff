// Recovery codes, shown this once.
'use client';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useToast } from '#components/ui/toast.tsx';

export function RecoveryCodes({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  const t = useTranslations('security');
  const toast = useToast();
  const copy = async () => {
    await navigator.clipboard.writeText((codes ?? []).join('\n'));
    toast.show({ text: t('factor.copied') });
  };
  return (
    <Dialog isOpen={codes !== null} onClose={onClose} title={t('factor.codes')}>
      <p className="mb-3">{t('factor.codesHelp')}</p>
      <ol dir="ltr" className="grid grid-cols-2 gap-x-6 gap-y-1 rounded-lg bg-sunken p-4 font-mono">
        {(codes ?? []).map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={copy}>{t('factor.copy')}</Button>
        <Button variant="primary" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </Dialog>
  );
}
