// The field for formatted text: Squire on a box of our own. What comes in is cleaned (sanitize.ts); images that are pasted or
// dropped are handed out to be uploaded and come back as an address.
'use client';
import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import Squire from 'squire-rte';
import { applyStyles } from './editor-styles.ts';
import { cleanForEditor, cleanOwn } from './sanitize.ts';

export type RichEditorHandle = {
  squire: Squire;
  getHtml: () => string;
  focusStart: () => void;
  focusEnd: () => void;
  insertHtml: (html: string) => void;
  /** Puts other markup in the place of the element, or where none is: `html` empty takes it away. */
  swapElement: (selector: string, html: string) => boolean;
};

/** Squire restores what it keeps for undo by innerHTML; ours goes through the cleaner there too. */
class SafeSquire extends Squire {
  override _setRawHTML(html: string): this {
    const root = this.getRoot();
    root.replaceChildren(cleanOwn(html));
    if (!root.firstChild) root.append(this.createDefaultBlock());
    this._ignoreChange = true;
    return this;
  }
}

export function RichEditor({
  ref,
  html,
  label,
  lang,
  isSpellChecked,
  hasFocus,
  onReady,
  onChange,
  onImages,
  onLink,
}: {
  ref: RefObject<RichEditorHandle | null>;
  /** Where it begins; later changes are not looked at */
  html: string;
  label: string;
  lang: string | undefined;
  isSpellChecked: boolean;
  hasFocus: boolean;
  onReady: (handle: RichEditorHandle) => void;
  onChange: () => void;
  onImages: (files: File[]) => void;
  /** Ctrl+K */
  onLink: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Squire | null>(null);
  // Before that the box takes no text, and is no field to anybody.
  const [isReady, setIsReady] = useState(false);
  const handlers = useRef({ onChange, onImages, onLink });
  handlers.current = { onChange, onImages, onLink };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor lives as long as its box
  useEffect(() => {
    const root = box.current;
    if (!root) return;
    const stopStyles = applyStyles(root);
    const squire = new SafeSquire(root, {
      blockTag: 'DIV',
      addLinks: true,
      sanitizeToDOMFragment: (markup) => cleanForEditor(markup),
      didError: () => {},
    });
    editor.current = squire;
    squire.setHTML(html);
    squire.setKeyHandler('Ctrl-k', openLink);
    squire.setKeyHandler('Meta-k', openLink);
    squire.addEventListener('input', () => handlers.current.onChange());
    squire.addEventListener('pasteImage', (event) => {
      const { clipboardData } = (event as CustomEvent<{ clipboardData: DataTransfer }>).detail;
      handlers.current.onImages([...clipboardData.files]);
    });
    squire.addEventListener('willPaste', (event) => {
      const { fragment } = (event as CustomEvent<{ fragment: DocumentFragment }>).detail;
      handlers.current.onImages(takeDataImages(fragment));
    });
    function openLink(_squire: Squire, event: KeyboardEvent) {
      event.preventDefault();
      event.stopPropagation();
      handlers.current.onLink();
    }
    onReady(handleOf(() => editor.current ?? squire));
    if (hasFocus) {
      squire.moveCursorToStart();
      squire.focus();
    }
    setIsReady(true);
    return () => {
      stopStyles();
      squire.destroy();
      editor.current = null;
      root.replaceChildren();
    };
  }, []);
  useImperativeHandle(ref, () => handleOf(() => editor.current), []);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a text box once it is one, see above
    <div
      ref={box}
      role={isReady ? 'textbox' : undefined}
      tabIndex={0}
      aria-multiline="true"
      aria-label={label}
      lang={lang}
      dir="auto"
      spellCheck={isSpellChecked}
      className="rich-text min-h-24 flex-1 px-4 py-3 text-[0.9375rem] leading-6 outline-none pointer-coarse:text-lg [&_.squire-image-resize-container]:pointer-events-none [&_.squire-image-resize-container]:absolute"
    />
  );
}

function handleOf(find: () => Squire | null): RichEditorHandle {
  const get = () => {
    const squire = find();
    if (!squire) throw new Error('the editor is gone');
    return squire;
  };
  return {
    get squire() {
      return get();
    },
    getHtml: () => get().getHTML(),
    focusStart: () => {
      get().moveCursorToStart();
      get().focus();
    },
    focusEnd: () => {
      get().moveCursorToEnd();
      get().focus();
    },
    insertHtml: (html) => {
      get().insertHTML(html);
    },
    swapElement: (selector, html) => {
      const squire = get();
      const found = squire.getRoot().querySelector(selector);
      if (!found) return false;
      squire.saveUndoState();
      found.replaceWith(cleanForEditor(html));
      return true;
    },
  };
}

/** Images that came along as data: URLs, taken out of the fragment as files. */
function takeDataImages(fragment: DocumentFragment): File[] {
  const files: File[] = [];
  for (const image of fragment.querySelectorAll('img')) {
    const [, type, data] =
      /^data:(image\/(?:png|jpeg|gif|webp));base64,(.+)$/s.exec(image.src) ?? [];
    if (/^(?:data|blob|file):/i.test(image.src)) image.remove();
    if (!type || !data) continue;
    const bytes = Uint8Array.from(atob(data.replace(/\s/g, '')), (char) => char.charCodeAt(0));
    files.push(new File([bytes], `image.${type.slice(6)}`, { type }));
  }
  return files;
}
