// The pages of the options, in their order. A page that only shows declared preferences needs no more than a line here;
// one with contents of its own is a folder beside app/(mail)/options/[page]. Its words are `pages.<id>` in options.json.
import {
  BellRing,
  BookOpen,
  Cable,
  CircleUser,
  Download,
  FolderCog,
  Funnel,
  Inbox,
  type LucideIcon,
  Monitor,
  Palette,
  Palmtree,
  PencilLine,
  ShieldCheck,
  Signature,
  Smartphone,
  StickyNote,
  Tags,
} from 'lucide-react';
import type options from '#lib/i18n/en/options.json';

export type OptionsPage = {
  id: keyof (typeof options)['pages'];
  icon: LucideIcon;
};

export const optionsPages: readonly OptionsPage[] = [
  { id: 'personal', icon: CircleUser },
  { id: 'security', icon: ShieldCheck },
  { id: 'display', icon: Monitor },
  { id: 'list', icon: Inbox },
  { id: 'colours', icon: Palette },
  { id: 'folders', icon: FolderCog },
  { id: 'labels', icon: Tags },
  { id: 'reading', icon: BookOpen },
  { id: 'compose', icon: PencilLine },
  { id: 'identities', icon: Signature },
  { id: 'templates', icon: StickyNote },
  { id: 'filters', icon: Funnel },
  { id: 'vacation', icon: Palmtree },
  { id: 'collect', icon: Download },
  { id: 'notices', icon: BellRing },
  { id: 'programs', icon: Smartphone },
  { id: 'connection', icon: Cable },
];

/** Where a page is. */
export function hrefOf(page: OptionsPage): string {
  return `/options/${page.id}`;
}
