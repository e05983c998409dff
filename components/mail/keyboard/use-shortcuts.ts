// Keys of the mail page. Nothing happens while somebody types, while a dialog is open, or inside the frame.
'use client';
import { useEffect, useRef } from 'react';
import type { FolderRole } from '#lib/webmail/list/mailboxes.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import type { Mail } from '../state/use-mail.ts';
import { type Command, commandOf } from './shortcuts.ts';

type Handlers = {
  compose: (start: ComposeStart) => void;
  openRow: (uid: number) => void;
  help: () => void;
  search: () => void;
  move: (uids: number[]) => void;
};

const sequenceMs = 1200;

export function useShortcuts(mail: Mail, handlers: Handlers): void {
  const current = useRef({ mail, handlers });
  current.current = { mail, handlers };
  useEffect(() => {
    let previous: { key: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      const before = previous && event.timeStamp - previous.at < sequenceMs ? previous.key : null;
      previous = { key: event.key, at: event.timeStamp };
      const command = commandOf(event, before);
      if (!command || isOnControl(event)) return;
      if (perform(command, current.current.mail, current.current.handlers)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  useEffect(() => {
    // Once clicked into, the frame would keep every key; leaving it with the mouse gives them back.
    const onMouseMove = () => {
      if (document.activeElement?.tagName === 'IFRAME')
        (document.activeElement as HTMLElement).blur();
    };
    document.addEventListener('mousemove', onMouseMove, { passive: true });
    return () => document.removeEventListener('mousemove', onMouseMove);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog[open], [popover]:popover-open, [data-composer]')) return true;
  const isText = target instanceof HTMLInputElement && target.type !== 'checkbox';
  return isText || target.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Enter and arrows belong to a focused button or link. */
function isOnControl(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' &&
    event.target instanceof HTMLElement &&
    event.target.closest('button, a, summary') !== null
  );
}

const roleOfCommand: Partial<Record<Command, FolderRole>> = {
  'go-inbox': 'inbox',
  'go-drafts': 'drafts',
  'go-sent': 'sent',
  'go-archive': 'archive',
  'go-junk': 'junk',
  'go-trash': 'trash',
};

/** Does a command; false where there is nothing to do, and the browser may have the key. */
function perform(command: Command, mail: Mail, handlers: Handlers): boolean {
  const { place, rows, selected, cursor } = mail;
  const target = selected.size > 0 ? [...selected] : cursor ? [cursor] : [];
  const chosen = rows.filter((row) => target.includes(row.uid));
  const role = roleOfCommand[command];
  if (role) {
    const folder = mail.folders.find((each) => each.role === role);
    if (folder) mail.go({ folder: folder.path, query: '', sort: 'newest', page: 1, uid: null });
    return true;
  }
  switch (command) {
    case 'next':
      return step(mail, 1);
    case 'previous':
      return step(mail, -1);
    case 'open':
      if (cursor && place.uid === null) handlers.openRow(cursor);
      return true;
    case 'close':
      if (place.uid !== null) mail.close();
      return true;
    case 'escape':
      return takeBack(mail);
    case 'compose':
      handlers.compose({ mode: 'new' });
      return true;
    case 'reply':
    case 'reply-all':
    case 'forward':
      if (cursor) handlers.compose({ mode: command, folder: place.folder, uid: cursor });
      return cursor !== null;
    case 'archive':
      void mail.move(target, { role: 'archive' });
      return true;
    case 'delete':
      void mail.remove(target);
      return true;
    case 'junk':
      void mail.move(target, { role: mail.folder?.role === 'junk' ? 'inbox' : 'junk' });
      return true;
    case 'star':
      void mail.setFlag(target, 'flagged', !chosen.every((row) => row.isFlagged));
      return true;
    case 'read':
      void mail.setFlag(target, 'seen', true);
      return true;
    case 'unread':
      void mail.markUnread(target);
      return true;
    case 'select':
      if (cursor) mail.setSelected(toggled(selected, cursor));
      return true;
    case 'select-all':
      mail.setSelected(new Set(rows.map((row) => row.uid)));
      return true;
    case 'move':
      if (target.length > 0) handlers.move(target);
      return true;
    case 'undo':
      mail.undoLast();
      return true;
    case 'search':
      handlers.search();
      return true;
    case 'help':
      handlers.help();
      return true;
    default:
      return false;
  }
}

/** The neighbour is opened where a message is open, else only marked. */
function step(mail: Mail, by: 1 | -1): boolean {
  const { rows, cursor, place } = mail;
  const index = rows.findIndex((row) => row.uid === cursor);
  const next = index < 0 ? rows[0] : rows[index + by];
  if (!next) return true;
  if (place.uid !== null) mail.open(next.uid);
  else mail.setCursor(next.uid);
  const beyond = rows[index + 2 * by];
  if (beyond && place.uid !== null) mail.prefetch(beyond.uid);
  else mail.prefetch(next.uid);
  return true;
}

/** Esc takes back one thing at a time: the selection, the message, the search. */
function takeBack(mail: Mail): boolean {
  if (mail.selected.size > 0) mail.setSelected(new Set());
  else if (mail.place.uid !== null) mail.close();
  else if (mail.place.query) mail.go({ query: '', page: 1 });
  else return false;
  return true;
}

function toggled(selected: ReadonlySet<number>, uid: number): Set<number> {
  const next = new Set(selected);
  if (!next.delete(uid)) next.add(uid);
  return next;
}
