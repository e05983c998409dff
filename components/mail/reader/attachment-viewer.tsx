// Looking at a file of a message over the page: pictures with zoom, text as text, sound and films, a message inside the
// message. Bytes come from our own part address, which gives a type to nothing that could run.
'use client';
import { ChevronLeft, ChevronRight, Download, RotateCw, ZoomIn, ZoomOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import { buttonClasses } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { Attachment } from '#lib/webmail/reader/structure.ts';
import { errorText, getJson } from '../state/request.ts';
import type { FramePlace } from './html-frame.tsx';
import { NestedMessage } from './nested-message.tsx';
import { partUrl, viewerOf } from './part-url.ts';

type Shown = {
  place: FramePlace;
  attachment: Attachment;
  /** The files of a message inside this one, which are looked at in the same way */
  drawFiles: (attachments: Attachment[]) => ReactNode;
};

export function AttachmentViewer({
  place,
  attachment,
  drawFiles,
  others,
  onShow,
  onClose,
}: Shown & {
  /** What can be stepped to */
  others: Attachment[];
  onShow: (attachment: Attachment) => void;
  onClose: () => void;
}) {
  const t = useTranslations('reader.attachments');
  const index = others.findIndex(({ part }) => part === attachment.part);
  const previous = others[index - 1];
  const next = others[index + 1];
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="lg"
      title={<bdi>{attachment.fileName}</bdi>}
      footer={
        <>
          {others.length > 1 && (
            <span className="me-auto flex">
              <IconButton
                label={t('previous')}
                icon={<ChevronLeft className="rtl:-scale-x-100" />}
                disabled={!previous}
                onClick={() => previous && onShow(previous)}
              />
              <IconButton
                label={t('next')}
                icon={<ChevronRight className="rtl:-scale-x-100" />}
                disabled={!next}
                onClick={() => next && onShow(next)}
              />
            </span>
          )}
          <a href={partUrl(place, attachment.part)} download="" className={buttonClasses()}>
            <Download aria-hidden className="size-4" />
            {t('download')}
          </a>
        </>
      }
    >
      <View key={attachment.part} place={place} attachment={attachment} drawFiles={drawFiles} />
    </Dialog>
  );
}

function View({ place, attachment, drawFiles }: Shown) {
  const url = partUrl(place, attachment.part, true);
  switch (viewerOf(attachment)) {
    case 'image':
      return <Picture url={url} name={attachment.fileName} />;
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: what came by mail has none
      return <audio controls src={url} className="w-full" />;
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: what came by mail has none
      return <video controls src={url} className="max-h-[60vh] w-full bg-black" />;
    case 'message':
      return <NestedMessage place={place} part={attachment.part} drawFiles={drawFiles} />;
    default:
      return <TextFile place={place} attachment={attachment} />;
  }
}

const steps = [1, 1.5, 2, 3, 4, 6];

function Picture({ url, name }: { url: string; name: string }) {
  const t = useTranslations('reader.attachments');
  const [step, setStep] = useState(0);
  const [turns, setTurns] = useState(0);
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return <p className="text-muted">{t('failed')}</p>;
  const zoom = steps[step] ?? 1;
  return (
    <div>
      <div className="flex justify-center gap-1 pb-2">
        <IconButton
          label={t('zoomOut')}
          icon={<ZoomOut />}
          disabled={step === 0}
          onClick={() => setStep(step - 1)}
        />
        <IconButton
          label={t('zoomIn')}
          icon={<ZoomIn />}
          disabled={step === steps.length - 1}
          onClick={() => setStep(step + 1)}
        />
        <IconButton label={t('rotate')} icon={<RotateCw />} onClick={() => setTurns(turns + 1)} />
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        aria-label={name}
        className="max-h-[60vh] overflow-auto"
      >
        {/* biome-ignore lint/performance/noImgElement: bytes of a message, for this person alone */}
        <img
          src={url}
          alt={name}
          onError={() => setIsBroken(true)}
          className="mx-auto block"
          style={
            step === 0
              ? { maxWidth: '100%', maxHeight: '58vh', rotate: `${turns * 90}deg` }
              : { width: `${zoom * 100}%`, maxWidth: 'none', rotate: `${turns * 90}deg` }
          }
        />
      </section>
    </div>
  );
}

function TextFile({ place, attachment }: Omit<Shown, 'drawFiles'>) {
  const t = useTranslations('reader.attachments');
  const [text, setText] = useState<{ text: string; isCut: boolean } | null>(null);
  const [error, setError] = useState('');
  const { folder, uid } = place;
  const { part } = attachment;
  useEffect(() => {
    const ending = new AbortController();
    getJson<{ text: string; isCut: boolean }>(
      '/api/mail/text',
      { folder, uid, part },
      ending.signal,
    )
      .then(setText)
      .catch((failure: unknown) => {
        if (!ending.signal.aborted) setError(errorText(failure));
      });
    return () => ending.abort();
  }, [folder, uid, part]);
  if (error) return <p className="text-danger-text">{error}</p>;
  if (!text) return <Spinner />;
  return (
    <>
      <pre
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        className="max-h-[60vh] overflow-auto font-mono text-sm break-words whitespace-pre-wrap"
      >
        {text.text}
      </pre>
      {text.isCut && <p className="mt-2 text-sm text-muted">{t('cut')}</p>}
    </>
  );
}
