// Behind a message: every field of its header, and what it is made of.
'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { buttonClasses } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { Spinner } from '#components/ui/spinner.tsx';
import type { MessageDetails, MimeNode } from '#lib/webmail/reader/mime-tree.ts';
import { errorText, getJson } from '../state/request.ts';
import type { FramePlace } from './html-frame.tsx';

function useDetails({ folder, uid }: FramePlace): {
  details: MessageDetails | null;
  error: string;
} {
  const [details, setDetails] = useState<MessageDetails | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    const ending = new AbortController();
    getJson<MessageDetails>('/api/mail/structure', { folder, uid }, ending.signal)
      .then(setDetails)
      .catch((failure: unknown) => {
        if (!ending.signal.aborted) setError(errorText(failure));
      });
    return () => ending.abort();
  }, [folder, uid]);
  return { details, error };
}

export function DetailsDialog({ message, onClose }: { message: FramePlace; onClose: () => void }) {
  const t = useTranslations('reader.details');
  const { details, error } = useDetails(message);
  const query = new URLSearchParams({
    folder: message.folder,
    uid: String(message.uid),
    view: '1',
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('title')}
      size="lg"
      footer={
        <a
          href={`/api/mail/source?${query}`}
          target="_blank"
          rel="noopener noreferrer"
          className={buttonClasses()}
        >
          {t('source')}
        </a>
      }
    >
      {error ? (
        <p className="text-danger-text">{error}</p>
      ) : details ? (
        <>
          <h3 className="mb-1 font-semibold">{t('structure')}</h3>
          <ul className="mb-4 text-sm">
            <Node node={details.tree} />
          </ul>
          {details.isCut && <p className="mb-4 text-sm text-muted">{t('cut')}</p>}
          <h3 className="mb-1 font-semibold">{t('header')}</h3>
          <Fields header={details.header} />
        </>
      ) : (
        <Spinner />
      )}
    </Dialog>
  );
}

/** Every field in the reader itself, for those who want to see them always. */
export function AllHeaders({ message }: { message: FramePlace }) {
  const { details } = useDetails(message);
  if (!details) return null;
  return (
    <div className="mx-4 mb-3 max-h-64 shrink-0 overflow-y-auto rounded-md bg-canvas px-3 py-2 md:mx-6 print:hidden">
      <Fields header={details.header} />
    </div>
  );
}

function Fields({ header }: Pick<MessageDetails, 'header'>) {
  return (
    <dl className="font-mono text-xs leading-5">
      {header.map(({ name, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header that never changes; names repeat
        <div key={index} className="break-words">
          <dt className="inline font-semibold">{name}: </dt>
          <dd className="inline" dir="auto">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Node({ node }: { node: MimeNode }) {
  const t = useTranslations('reader.details');
  const locale = useLocale();
  const facts = [
    node.part && t('part', { part: node.part }),
    node.charset,
    node.encoding,
    node.disposition,
    node.sizeBytes > 0 && formatBytes(node.sizeBytes, locale),
  ].filter((fact) => fact !== '' && fact !== false);
  return (
    <li className="border-s ps-3 break-words">
      <span className="font-mono">{node.type}</span>{' '}
      {node.fileName && <bdi className="font-medium">{node.fileName} </bdi>}
      <span className="text-muted">{facts.join(', ')}</span>
      {node.children.length > 0 && (
        <ul className="ms-2">
          {node.children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a tree that never changes
            <Node key={index} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
