// The question of a sender who wants to be told that the message was read. Nothing is sent by itself unless the options
// say so.
'use client';
import { MailQuestion } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { errorText, postJson } from '../state/request.ts';

export function ReceiptPrompt({ message }: { message: MessageView }) {
  const t = useTranslations('reader');
  const toast = useToast();
  const { receipt } = message.facts;
  const [isDone, setIsDone] = useState(false);
  const hasBegun = useRef(false);
  const { folder, uid } = message;
  const answer = (isWanted: boolean, isByHand: boolean) => {
    setIsDone(true);
    postJson('/api/mail/receipt', { folder, uid, isWanted, isByHand })
      .then(() => isWanted && toast.show({ text: t('done.receiptSent') }))
      .catch((error: unknown) => toast.show({ kind: 'error', text: errorText(error) }));
  };
  const answerNow = useRef(answer);
  answerNow.current = answer;
  const isAgreed = receipt?.isAgreed === true;
  useEffect(() => {
    if (!isAgreed || hasBegun.current) return;
    hasBegun.current = true;
    answerNow.current(true, false);
  }, [isAgreed]);
  if (!receipt || isDone || isAgreed) return null;
  return (
    <div className="mx-4 mb-2 flex shrink-0 flex-wrap items-center gap-2 rounded-md bg-info-soft py-1.5 ps-3 pe-1.5 text-sm text-info-text md:mx-6 print:hidden">
      <MailQuestion aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 flex-1 break-words">{t('receipt.ask', { to: receipt.to })}</span>
      <Button size="sm" onClick={() => answer(true, true)}>
        {t('receipt.send')}
      </Button>
      <Button size="sm" variant="ghost" onClick={() => answer(false, true)}>
        {t('receipt.refuse')}
      </Button>
    </div>
  );
}
