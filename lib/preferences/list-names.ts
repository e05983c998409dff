// The words of the list's options that the browser needs too. Pure: no zod here, which weighs too much for a page.

/** What a row can show, in the order it is offered. */
export const listColumns = [
  'flags',
  'from',
  'to',
  'cc',
  'subject',
  'labels',
  'attachment',
  'priority',
  'size',
  'sent',
  'received',
] as const;
export type ListColumn = (typeof listColumns)[number];

/** Every order a list can have; the words in front of it say which column gives it (listColumns). */
export const listSorts = [
  'newest',
  'oldest',
  'sent-newest',
  'sent-oldest',
  'from',
  'from-desc',
  'to',
  'to-desc',
  'cc',
  'cc-desc',
  'subject',
  'subject-desc',
  'largest',
  'smallest',
  'unread',
  'read',
  'starred',
  'unstarred',
  'attachment',
  'no-attachment',
  'priority',
  'low-priority',
] as const;
export type ListSort = (typeof listSorts)[number];

/** What a colour rule looks at. */
export const colourFields = ['from', 'to', 'cc', 'to-cc', 'subject'] as const;
/** Names of the colours; each is readable in light and dark (components/mail/list/colour-rules.ts). */
export const rowColours = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet'] as const;
