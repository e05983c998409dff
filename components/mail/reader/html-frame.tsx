// The frame of an HTML body: of opaque origin, so that it can run nothing and reach nothing (the server sends the same as
// CSP): sandbox without scripts and without same-origin. For the same reason nobody can measure it: alone it fills the
// pane and scrolls by itself; among others it has the height its text is likely to need, and a button for more.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import type { HtmlView } from '#lib/webmail/reader/message.ts';
import { type Look, useIsDark } from './look.ts';

export type FramePlace = { folder: string; uid: number };

export function HtmlFrame({
  place,
  body,
  look,
  isStacked = false,
}: {
  place: FramePlace;
  body: HtmlView;
  look: Pick<Look, 'mayLoadRemote' | 'isLight'>;
  isStacked?: boolean;
}) {
  const t = useTranslations('reader.body');
  const isDark = useIsDark() && !look.isLight;
  const [isTall, setIsTall] = useState(false);
  const query = new URLSearchParams({
    folder: place.folder,
    uid: String(place.uid),
    part: body.part,
    ...(look.mayLoadRemote ? { images: '1' } : {}),
    ...(isDark ? { theme: 'dark' } : {}),
  });
  const url = `/api/mail/frame?${query}`;
  const likely = likelyHeight(body);
  return (
    <>
      <iframe
        // A frame that is sent elsewhere makes a step in the history, which Back would undo first; a new one does not.
        key={url}
        title={t('title')}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        src={url}
        className={joinClasses('w-full', !isStacked && 'min-h-72 flex-1', !isDark && 'bg-white')}
        style={{
          colorScheme: isDark && !(body.hasColors && !body.hasDarkColors) ? 'dark' : 'light',
          ...(isStacked ? { height: isTall ? '85vh' : `min(${likely}px, 70vh)` } : {}),
        }}
      />
      {isStacked && (
        <div className="flex justify-center py-1 print:hidden">
          <Button
            size="sm"
            variant="ghost"
            aria-expanded={isTall}
            onClick={() => setIsTall(!isTall)}
          >
            {t(isTall ? 'shorter' : 'taller')}
          </Button>
        </div>
      )}
    </>
  );
}

/** What is laid out has much room around its words; pictures that are held back show their words. */
function likelyHeight({ lines, isLaidOut, remoteImages }: HtmlView): number {
  const height = lines * (isLaidOut ? 60 : 24) + Math.min(remoteImages, 5) * 24 + 56;
  return Math.min(Math.max(height, 96), 1600);
}
