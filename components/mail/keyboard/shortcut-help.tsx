// All keys on one card.
'use client';
import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { shortcutGroups } from './shortcuts.ts';

export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-3">
        {shortcutGroups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-sm font-semibold text-muted">{group.title}</h3>
            <ul className="flex flex-col gap-1.5">
              {group.entries.map(([keys, text]) => (
                <li key={text} className="flex items-center justify-between gap-3 text-sm">
                  {text}
                  <span className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="mt-5 border-t pt-4 text-sm text-muted">
        In the search box: <code>from:ann</code> <code>to:</code> <code>subject:"…"</code>{' '}
        <code>body:</code> <code>has:attachment</code> <code>is:unread</code>{' '}
        <code>is:starred</code> <code>before:2026-01-31</code> <code>after:</code>{' '}
        <code>larger:5M</code>; a minus in front turns a word round.
      </p>
    </Dialog>
  );
}
