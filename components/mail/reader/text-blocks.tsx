// Blocks of a plain text body; long quotes are folded.
'use client';
import { MoreHorizontal } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { TextBlock, TextSegment } from '#lib/webmail/reader/text-blocks.ts';

const foldFrom = 6;

export function TextBlocks({ blocks, depth = 0 }: { blocks: TextBlock[]; depth?: number }) {
  return blocks.map((block, index) => {
    // biome-ignore-start lint/suspicious/noArrayIndexKey: blocks of a text that never changes
    switch (block.kind) {
      case 'text':
        return (
          <p key={index} dir="auto" className="my-3 break-words whitespace-pre-wrap first:mt-1">
            <Segments segments={block.segments} />
          </p>
        );
      case 'signature':
        return (
          <p key={index} dir="auto" className="my-3 break-words whitespace-pre-wrap text-faint">
            <Segments segments={block.segments} />
          </p>
        );
      case 'quote':
        return (
          <Quote
            key={index}
            block={block}
            depth={depth}
            isFolded={
              depth === 0 && block.lines >= foldFrom && index >= blocks.length - 2 && index > 0
            }
          />
        );
    }
    // biome-ignore-end lint/suspicious/noArrayIndexKey: see above
    return null;
  });
}

function Quote({
  block,
  depth,
  isFolded,
}: {
  block: Extract<TextBlock, { kind: 'quote' }>;
  depth: number;
  isFolded: boolean;
}) {
  const t = useTranslations('reader.body');
  const [isOpen, setIsOpen] = useState(!isFolded);
  return (
    <div className="my-2">
      {isFolded && (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? 'hideQuote' : 'showQuote')}
          title={t(isOpen ? 'hideQuote' : 'showQuote')}
          onClick={() => setIsOpen(!isOpen)}
          className="flex h-4 w-8 items-center justify-center rounded-full bg-pressed text-muted pointer-coarse:h-11 pointer-coarse:w-14 hover:bg-line-strong print:hidden"
        >
          <MoreHorizontal aria-hidden className="size-4" />
        </button>
      )}
      {isOpen && (
        <blockquote className="my-2 border-s-2 border-line-strong ps-3 text-muted">
          <TextBlocks blocks={block.blocks} depth={depth + 1} />
        </blockquote>
      )}
    </div>
  );
}

function Segments({ segments }: { segments: TextSegment[] }) {
  return segments.map((segment, index) =>
    segment.href ? (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text that never changes
        key={index}
        href={segment.href}
        target="_blank"
        rel="noopener noreferrer"
        title={segment.target}
        referrerPolicy="no-referrer"
        className={
          segment.isOdd
            ? 'rounded-sm bg-warn-soft text-warn-text underline decoration-wavy underline-offset-2'
            : 'text-accent-text underline underline-offset-2'
        }
      >
        {segment.text}
        {segment.isOdd && ` ⚠ → ${segment.target}`}
      </a>
    ) : (
      segment.text
    ),
  );
}
