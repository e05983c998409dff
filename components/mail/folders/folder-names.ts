// What folders are called, and which of their numbers mean something. Pure.
import type { Folder, FolderRole } from '#lib/webmail/list/mailboxes.ts';

/** Roles whose folder is called by the role's name in the person's language. */
export type NamedRole = Exclude<FolderRole, 'none' | 'deleted'>;

/**
 * What a folder is called. `translate` gives the name of a role; a special folder that the person gave another name
 * keeps that.
 */
export function nameFolder(
  folder: Pick<Folder, 'role' | 'name'>,
  translate: (role: NamedRole) => string,
  isTranslated = true,
): string {
  if (folder.role === 'inbox' || folder.name === 'INBOX') return translate('inbox');
  if (folder.role === 'none' || folder.role === 'deleted' || !isTranslated) return folder.name;
  return folder.name.toLowerCase() === folder.role ? translate(folder.role) : folder.name;
}

const namedRoles: readonly NamedRole[] = [
  ...(['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'snoozed'] as const),
];

/** The same for a path alone ("INBOX", "Archive/2026"). */
export function nameOfPath(
  path: string,
  translate: (role: NamedRole) => string,
  isTranslated = true,
): string {
  const [name = '', ...below] = path.split('/');
  const role = namedRoles.find((each) => each === name.toLowerCase()) ?? 'none';
  return [nameFolder({ role, name }, translate, isTranslated), ...below].join('/');
}

/** The same in English, where no language is at hand. */
export function folderName(folder: Pick<Folder, 'role' | 'name'>): string {
  const name = nameFolder(folder, (role) => role[0]!.toUpperCase() + role.slice(1));
  return folder.role === 'deleted' ? `Deleted from ${name}` : name;
}

/** Numbers that mean something in this folder: unread mail, or all of it in Drafts; none for what was thrown away. */
export function folderCount(folder: Folder): number {
  if (folder.role === 'drafts' || folder.role === 'snoozed') return folder.messages;
  if (folder.role === 'deleted') return 0;
  return folder.role === 'trash' || folder.role === 'sent' ? 0 : folder.unread;
}
