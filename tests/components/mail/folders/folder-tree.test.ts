// The folders as a tree: parts, sums, what is subscribed, where a folder may be moved; names of special folders.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameFolder, nameOfPath } from '#components/mail/folders/folder-names.ts';
import {
  countNode,
  type FolderNode,
  makeTree,
  pathBelow,
  splitFolders,
} from '#components/mail/folders/folder-tree.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';

function makeFolder(path: string, part: Partial<Folder> = {}): Folder {
  const levels = path.split('/');
  return {
    path,
    name: levels.at(-1)!,
    delimiter: '/',
    role: 'none',
    depth: levels.length - 1,
    isSelectable: true,
    isSubscribed: true,
    isShared: false,
    messages: 0,
    unread: 0,
    state: '',
    ...part,
  };
}

const folders = [
  makeFolder('INBOX', { role: 'inbox', unread: 2, messages: 5 }),
  makeFolder('INBOX/Lists', { unread: 3, messages: 7 }),
  makeFolder('Trash', { role: 'trash', unread: 4, messages: 9 }),
  makeFolder('Work'),
  makeFolder('Work/2026', { isSubscribed: false }),
  makeFolder('Work/2026/May', { unread: 1, messages: 1 }),
  makeFolder('Zoo', { isSubscribed: false }),
  makeFolder('Shared', { isShared: true, isSelectable: false }),
  makeFolder('Shared/ben/Plans', { isShared: true }),
  makeFolder('#deleted/INBOX', { role: 'deleted', messages: 0 }),
];
const usual = { isSpecialFirst: true, isSubscribedOnly: false, open: 'INBOX' };
const show = (nodes: FolderNode[]): string =>
  nodes
    .map(({ folder, children }) => folder.name + (children.length > 0 ? `(${show(children)})` : ''))
    .join(' ');

describe('the tree of folders', () => {
  it('has its parts', () => {
    const parts = splitFolders(folders, usual);
    assert.equal(show(parts.special), 'INBOX(Lists) Trash');
    assert.equal(show(parts.own), 'Work(2026(May)) Zoo');
    assert.equal(show(parts.shared), 'Plans');
    assert.deepEqual(parts.deleted, []);
  });

  it('puts special folders among the others where that is wanted', () => {
    const parts = splitFolders(folders, { ...usual, isSpecialFirst: false });
    assert.equal(show(parts.special), 'INBOX(Lists)');
    assert.equal(show(parts.own), 'Trash Work(2026(May)) Zoo');
  });

  it('shows subscribed folders, the way to them, and the open one', () => {
    const only = { ...usual, isSubscribedOnly: true };
    assert.equal(show(splitFolders(folders, only).own), 'Work(2026(May))');
    assert.equal(show(splitFolders(folders, { ...only, open: 'Zoo' }).own), 'Work(2026(May)) Zoo');
  });

  it('counts what is inside of a closed one', () => {
    const [inbox] = splitFolders(folders, usual).special;
    assert.deepEqual(countNode(inbox!, false), { unread: 2, total: 5 });
    assert.deepEqual(countNode(inbox!, true), { unread: 5, total: 12 });
  });

  it('has no end without a folder above', () => {
    assert.equal(show(makeTree([makeFolder('a/b/c')])), 'c');
  });

  const moves: [path: string, parent: string, to: string | null][] = [
    ['Zoo', 'Work', 'Work/Zoo'],
    ['Work/2026', '', '2026'],
    ['Work', 'Work/2026', null],
    ['Work', 'Work', null],
    ['Work/2026', 'Work', null],
    ['Trash', 'Work', null],
    ['Shared/ben/Plans', 'Work', null],
  ];
  for (const [path, parent, to] of moves) {
    it(`moves ${path} below “${parent}”: ${to ?? 'no'}`, () => {
      const folder = folders.find((each) => each.path === path)!;
      assert.equal(pathBelow(folder, parent), to);
    });
  }
});

describe('the name of a folder', () => {
  const translate = (role: string) => `[${role}]`;
  it('is translated where it is the usual one', () => {
    assert.equal(nameFolder({ role: 'trash', name: 'Trash' }, translate), '[trash]');
    assert.equal(nameFolder({ role: 'archive', name: 'Ablage' }, translate), 'Ablage');
    assert.equal(nameFolder({ role: 'none', name: 'Trash' }, translate), 'Trash');
    assert.equal(nameFolder({ role: 'trash', name: 'Trash' }, translate, false), 'Trash');
    assert.equal(nameFolder({ role: 'inbox', name: 'INBOX' }, translate, false), '[inbox]');
  });
  it('is known by the path alone', () => {
    assert.equal(nameOfPath('INBOX', translate), '[inbox]');
    assert.equal(nameOfPath('Archive/2026', translate), '[archive]/2026');
    assert.equal(nameOfPath('Work/Trash', translate), 'Work/Trash');
    assert.equal(nameOfPath('Sent', translate, false), 'Sent');
  });
});
