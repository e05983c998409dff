// The text of a message. Plain text is drawn by React from data; HTML stands in a frame of opaque origin that can
// run nothing (the server sends the same as CSP): sandbox without scripts and without same-origin.
'use client';
import { ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatPlural } from '#components/ui/format.ts';
import type { BodyView, MessageView } from '#lib/webmail/reader/message.ts';
import { errorText, getJson } from '../state/request.ts';
import { TextBlocks } from './text-blocks.tsx';

type HtmlBody = Extract<BodyView, { kind: 'html' }>;

export function MessageBody({ message, isPlain }: { message: MessageView; isPlain: boolean }) {
  if (message.bodies.length === 0) {
    return <p className="px-4 py-6 text-muted md:px-6">This message has no text.</p>;
  }
  return message.bodies.map((body) =>
    body.kind === 'text' ? (
      <TextBody key={body.part} body={body} />
    ) : isPlain ? (
      <PlainOfHtml key={body.part} message={message} body={body} />
    ) : (
      <HtmlFrame key={body.part} message={message} body={body} />
    ),
  );
}

function TextBody({ body }: { body: Extract<BodyView, { kind: 'text' }> }) {
  return (
    <div className="px-4 pb-8 text-[0.9375rem] leading-6 md:px-6">
      <TextBlocks blocks={body.blocks} />
      {body.isCut && (
        <p className="mt-4 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn-text">
          The text is longer than what is shown. Download the message to read all of it.
        </p>
      )}
    </div>
  );
}

function PlainOfHtml({ message, body }: { message: MessageView; body: HtmlBody }) {
  const [plain, setPlain] = useState<BodyView | null>(null);
  const [error, setError] = useState('');
  const { folder, uid } = message;
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

function HtmlFrame({ message, body }: { message: MessageView; body: HtmlBody }) {
  const [mayLoadRemote, setMayLoadRemote] = useState(false);
  const isDark = useIsDark();
  const query = new URLSearchParams({
    folder: message.folder,
    uid: String(message.uid),
    part: body.part,
    ...(mayLoadRemote ? { images: '1' } : {}),
    ...(isDark ? { theme: 'dark' } : {}),
  });
  const url = `/api/mail/frame?${query}`;
  // A message with colours of its own is light paper, also in the dark.
  const isPaper = body.hasColors || !isDark;
  return (
    <>
      {body.remoteImages > 0 && !mayLoadRemote && (
        <div className="mx-4 mb-2 flex shrink-0 items-center gap-2 rounded-md bg-info-soft py-1.5 pr-1.5 pl-3 text-sm text-info-text md:mx-6 print:hidden">
          <ImageOff aria-hidden className="size-4 shrink-0" />
          <span className="min-w-0 flex-1">
            {formatPlural(body.remoteImages, 'remote image')} not loaded, so the sender does not
            learn that you read this.
          </span>
          <Button size="sm" onClick={() => setMayLoadRemote(true)}>
            Load images
          </Button>
        </div>
      )}
      <iframe
        // A frame that is sent elsewhere makes a step in the history, which Back would undo first; a new one does not.
        key={url}
        title="Message"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        src={url}
        className={`min-h-72 w-full flex-1 ${isPaper ? 'bg-white' : ''}`}
        style={{ colorScheme: isPaper ? 'light' : 'dark' }}
      />
    </>
  );
}

/** Whether the page is drawn dark: by the person's choice, else by the system's. */
function useIsDark(): boolean {
  const [isDark, setIsDark] = useState(false);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const read = () => {
      const theme = document.documentElement.dataset.theme;
      setIsDark(theme ? theme === 'dark' : query.matches);
    };
    read();
    query.addEventListener('change', read);
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      query.removeEventListener('change', read);
      observer.disconnect();
    };
  }, []);
  return isDark;
}
