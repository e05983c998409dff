// What the search of the panel finds (app/api/admin/search).

export type FoundKind =
  | 'page'
  | 'task'
  | 'setting'
  | 'user'
  | 'domain'
  | 'alias'
  | 'blocked'
  | 'message'
  | 'way';

export type Found = { kind: FoundKind; label: string; detail: string; href: string };

/** In the order of their groups. */
export const kindLabels: Record<FoundKind, string> = {
  user: 'Users',
  domain: 'Domains',
  alias: 'Aliases',
  blocked: 'Blocked',
  message: 'Messages',
  page: 'Pages',
  task: 'What to do',
  setting: 'Settings',
  way: 'Look further',
};
