// What the search of the panel finds (app/api/admin/search).

export type FoundKind = 'page' | 'setting' | 'user' | 'domain' | 'alias' | 'message';

export type Found = { kind: FoundKind; label: string; detail: string; href: string };

/** In the order of their groups. */
export const kindLabels: Record<FoundKind, string> = {
  page: 'Pages',
  setting: 'Settings',
  user: 'Users',
  domain: 'Domains',
  alias: 'Aliases',
  message: 'Messages',
};
