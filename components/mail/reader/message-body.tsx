// The text of a message. Plain text is drawn by React from data; HTML stands in its frame (html-frame.tsx).
'use client';
import { useTranslations } from 'next-intl';
import { type CSSProperties, useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { BodyView, HtmlView } from '#lib/webmail/reader/message.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, getJson } from '../state/request.ts';
import { type FramePlace, HtmlFrame } from './html-frame.tsx';
import type { Look } from './look.ts';
import { TextBlocks } from './text-blocks.tsx';

export function MessageBody({
  place,
  bodies,
  look,
  isStacked = false,
}: {
  place: FramePlace;
  bodies: BodyView[];
  look: Look;
  isStacked?: boolean;
}) {
  const t = useTranslations('reader.body');
  if (bodies.length === 0) return <p className="px-4 py-6 text-muted md:px-6">{t('none')}</p>;
  // Each part in a frame of its own: what surrounds a part can read nothing of it (EFAIL).
  return bodies.map((body) =>
    body.kind === 'text' ? (
      <TextBody key={body.part} body={body} />
    ) : look.isPlain ? (
      <PlainOfHtml key={body.part} place={place} body={body} />
    ) : (
      <HtmlFrame key={body.part} place={place} body={body} look={look} isStacked={isStacked} />
    ),
  );
}

function TextBody({ body }: { body: Extract<BodyView, { kind: 'text' }> }) {
  const t = useTranslations('reader.body');
  const { preferences } = usePreferences();
  const wrap = preferences['reading.wrap'];
  const isMono = preferences['reading.textFont'] === 'mono';
  const style: CSSProperties = wrap > 0 ? { maxWidth: `${wrap}ch` } : {};
  return (
    <div
      className={joinClasses(
        'px-4 pb-8 text-[0.9375rem] leading-6 md:px-6',
        isMono && 'font-mono text-sm',
      )}
    >
      <div style={style}>
        <TextBlocks blocks={body.blocks} />
      </div>
      {body.isCut && (
        <p className="mt-4 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn-text">{t('cut')}</p>
      )}
    </div>
  );
}

function PlainOfHtml({ place, body }: { place: FramePlace; body: HtmlView }) {
  const [plain, setPlain] = useState<BodyView | null>(null);
  const [error, setError] = useState('');
  const { folder, uid } = place;
  const part = body.plainPart ?? body.part;
  useEffect(() => {
    const abort = new AbortController();
    getJson<BodyView>('/api/mail/message', { folder, uid, plain: part }, abort.signal)
      .then(setPlain)
      .catch((reason: unknown) => {
        if (!abort.signal.aborted) setError(errorText(reason));
      });
    return () => abort.abort();
  }, [folder, uid, part]);
  if (error) return <p className="px-4 text-danger-text md:px-6">{error}</p>;
  return plain?.kind === 'text' ? <TextBody body={plain} /> : null;
}
