// The bar of formats: it stays where it is while the text scrolls. A roving tab stop: arrows walk, Tab leaves.
'use client';
import {
  AlignCenter,
  AlignLeft,
  AlignRight,
  Bold,
  Code,
  Image as ImageIcon,
  IndentDecrease,
  IndentIncrease,
  Italic,
  Link as LinkIcon,
  List,
  ListOrdered,
  PilcrowLeft,
  PilcrowRight,
  RemoveFormatting,
  Strikethrough,
  TextQuote,
  Underline,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useState } from 'react';
import type Squire from 'squire-rte';
import { IconButton } from '#components/ui/icon-button.tsx';
import { ColorMenu } from './color-menu.tsx';
import type { RichEditorHandle } from './rich-editor.tsx';

type Toggle = {
  key: 'bold' | 'italic' | 'underline' | 'strike' | 'code' | 'bullets' | 'numbers';
  tag: string;
  shortcut?: string;
  icon: ReactNode;
  on: (squire: Squire) => void;
  off: (squire: Squire) => void;
};

const toggles: Toggle[] = [
  {
    key: 'bold',
    tag: 'B',
    shortcut: 'Ctrl+B',
    icon: <Bold />,
    on: (s) => s.bold(),
    off: (s) => s.removeBold(),
  },
  {
    key: 'italic',
    tag: 'I',
    shortcut: 'Ctrl+I',
    icon: <Italic />,
    on: (s) => s.italic(),
    off: (s) => s.removeItalic(),
  },
  {
    key: 'underline',
    tag: 'U',
    shortcut: 'Ctrl+U',
    icon: <Underline />,
    on: (s) => s.underline(),
    off: (s) => s.removeUnderline(),
  },
  {
    key: 'strike',
    tag: 'S',
    icon: <Strikethrough />,
    on: (s) => s.strikethrough(),
    off: (s) => s.removeStrikethrough(),
  },
  {
    key: 'bullets',
    tag: 'UL',
    icon: <List />,
    on: (s) => s.makeUnorderedList(),
    off: (s) => s.removeList(),
  },
  {
    key: 'numbers',
    tag: 'OL',
    icon: <ListOrdered />,
    on: (s) => s.makeOrderedList(),
    off: (s) => s.removeList(),
  },
  { key: 'code', tag: 'CODE', icon: <Code />, on: (s) => s.code(), off: (s) => s.removeCode() },
];

type Act = {
  key:
    | 'outdent'
    | 'indent'
    | 'quote'
    | 'alignLeft'
    | 'alignCenter'
    | 'alignRight'
    | 'ltr'
    | 'rtl'
    | 'clear';
  icon: ReactNode;
  run: (squire: Squire) => void;
};

const acts: Act[] = [
  { key: 'outdent', icon: <IndentDecrease className="rtl:-scale-x-100" />, run: outdent },
  { key: 'indent', icon: <IndentIncrease className="rtl:-scale-x-100" />, run: indent },
  { key: 'quote', icon: <TextQuote />, run: (s) => s.increaseQuoteLevel() },
  { key: 'alignLeft', icon: <AlignLeft />, run: (s) => s.setTextAlignment('left') },
  { key: 'alignCenter', icon: <AlignCenter />, run: (s) => s.setTextAlignment('center') },
  { key: 'alignRight', icon: <AlignRight />, run: (s) => s.setTextAlignment('right') },
  { key: 'ltr', icon: <PilcrowRight />, run: (s) => s.setTextDirection('ltr') },
  { key: 'rtl', icon: <PilcrowLeft />, run: (s) => s.setTextDirection('rtl') },
  { key: 'clear', icon: <RemoveFormatting />, run: (s) => s.removeAllFormatting() },
];

const fonts = {
  sans: 'Arial, Helvetica, sans-serif',
  serif: 'Georgia, "Times New Roman", serif',
  mono: 'ui-monospace, Consolas, monospace',
};
const sizes = { small: '13px', normal: null, large: '18px', huge: '28px' } as const;

function isInList(squire: Squire): boolean {
  return squire.hasFormat('UL') || squire.hasFormat('OL');
}

function indent(squire: Squire): void {
  if (isInList(squire)) squire.increaseListLevel();
  else shift(squire, 40);
}

function outdent(squire: Squire): void {
  if (isInList(squire)) squire.decreaseListLevel();
  else if (squire.hasFormat('BLOCKQUOTE')) squire.decreaseQuoteLevel();
  else shift(squire, -40);
}

/** Physical margins: what mail programs understand. */
function shift(squire: Squire, by: number): void {
  squire.forEachBlock((block: HTMLElement) => {
    const side = getComputedStyle(block).direction === 'rtl' ? 'marginRight' : 'marginLeft';
    const now = Number.parseFloat(block.style[side]) || 0;
    block.style[side] = now + by > 0 ? `${Math.min(now + by, 400)}px` : '';
  }, true);
}

export function FormatBar({
  editor,
  onImages,
  onLink,
  onChange,
}: {
  editor: RefObject<RichEditorHandle | null>;
  onImages: (files: File[]) => void;
  onLink: () => void;
  onChange: () => void;
}) {
  const t = useTranslations('compose.format');
  const [active, setActive] = useState<ReadonlySet<string>>(new Set());
  const read = () => {
    const squire = editor.current?.squire;
    if (!squire) return;
    setActive(new Set(toggles.filter(({ tag }) => squire.hasFormat(tag)).map(({ key }) => key)));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: selections anywhere are looked at, cheaply
  useEffect(() => {
    const onSelection = () => {
      const root = editor.current?.squire.getRoot();
      if (root?.contains(document.activeElement)) read();
    };
    document.addEventListener('selectionchange', onSelection);
    return () => document.removeEventListener('selectionchange', onSelection);
  }, []);
  const apply = (change: (squire: Squire) => void) => {
    const squire = editor.current?.squire;
    if (!squire) return;
    squire.focus();
    change(squire);
    onChange();
    read();
  };
  const select =
    'h-7 rounded-md bg-transparent px-1 text-sm text-muted hover:bg-hover hover:text-ink pointer-coarse:h-11';
  return (
    <div
      role="toolbar"
      aria-label={t('toolbar')}
      onKeyDown={moveFocus}
      // The selection in the text stays; menus and lists of choices need their own focus.
      onMouseDown={(event) => {
        if (!(event.target instanceof HTMLSelectElement)) event.preventDefault();
      }}
      className="flex shrink-0 items-center gap-0.5 overflow-x-auto border-b px-3 py-1 md:flex-wrap"
    >
      {toggles.map(({ key, icon, shortcut, on, off }, i) => (
        <IconButton
          key={key}
          label={t(key)}
          {...(shortcut ? { shortcut } : {})}
          icon={icon}
          size="sm"
          className="pointer-coarse:size-11"
          tabIndex={i === 0 ? 0 : -1}
          aria-pressed={active.has(key)}
          isActive={active.has(key)}
          onClick={() => apply(active.has(key) ? off : on)}
        />
      ))}
      {acts.map(({ key, icon, run }) => (
        <IconButton
          key={key}
          label={t(key)}
          icon={icon}
          size="sm"
          className="pointer-coarse:size-11"
          tabIndex={-1}
          onClick={() => apply(run)}
        />
      ))}
      <IconButton
        label={t('link')}
        shortcut="Ctrl+K"
        icon={<LinkIcon />}
        size="sm"
        className="pointer-coarse:size-11"
        tabIndex={-1}
        onClick={onLink}
      />
      <IconButton
        label={t('image')}
        icon={<ImageIcon />}
        size="sm"
        className="pointer-coarse:size-11"
        tabIndex={-1}
        onClick={() => chooseImages(onImages)}
      />
      <ColorMenu kind="color" onChoose={(color) => apply((squire) => squire.setTextColor(color))} />
      <ColorMenu
        kind="background"
        onChoose={(color) => apply((squire) => squire.setHighlightColor(color))}
      />
      <select
        aria-label={t('font')}
        tabIndex={-1}
        value=""
        className={select}
        onChange={(event) => {
          const name = event.target.value as keyof typeof fonts | 'default';
          apply((squire) => squire.setFontFace(name === 'default' ? null : fonts[name]));
        }}
      >
        <option value="" hidden>
          {t('font')}
        </option>
        <option value="default">{t('fontDefault')}</option>
        <option value="sans">{t('sans')}</option>
        <option value="serif">{t('serif')}</option>
        <option value="mono">{t('mono')}</option>
      </select>
      <select
        aria-label={t('size')}
        tabIndex={-1}
        value=""
        className={select}
        onChange={(event) => {
          const size = sizes[event.target.value as keyof typeof sizes];
          apply((squire) => squire.setFontSize(size));
        }}
      >
        <option value="" hidden>
          {t('size')}
        </option>
        <option value="small">{t('small')}</option>
        <option value="normal">{t('normal')}</option>
        <option value="large">{t('large')}</option>
        <option value="huge">{t('huge')}</option>
      </select>
    </div>
  );
}

function chooseImages(onImages: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = 'image/png,image/jpeg,image/gif,image/webp';
  input.multiple = true;
  input.onchange = () => onImages([...(input.files ?? [])]);
  input.click();
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const isSelect = event.target instanceof HTMLSelectElement;
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  const all = [
    ...event.currentTarget.querySelectorAll<HTMLElement>(':scope > button, :scope > select'),
  ];
  const at = all.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  if (isSelect) event.preventDefault();
  const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
  const by = (event.key === 'ArrowRight') === !isRtl ? 1 : -1;
  all[(at + by + all.length) % all.length]?.focus();
}
