// What a part of the configuration must tell and do so that changes of it can be taken back, and files bring it. A new one
// is a file in sections/ and a line in sections.ts; what stands in no file, one in kinds/ and a line in kinds.ts.
import type { z } from 'zod';
import type { Fields, Recorded } from '#lib/history/revise.ts';

export type Entry = {
  /** What the history calls it (Recorded) */
  key: string;
  fields: Fields;
};

/** What a change did. */
export type What = 'added' | 'changed' | 'removed';

/** A kind of thing whose changes can be taken back. */
export type Revertible = {
  recorded: Recorded;
  /** Which changes are not taken back all the same, and why: a sentence. */
  refuses?: Partial<Record<What, string>>;
  /** Which fields hold secrets: the history and files never have them. */
  secrets?: string[];
  /** Adds one; fields that name other entries may be left for change(). Returns its key. */
  add(fields: Fields, by: string): Promise<string>;
  /** Fields of add() that are given to change() afterwards, because they name other entries. */
  later?: string[];
  change(key: string, fields: Fields, by: string): Promise<void>;
  remove(key: string, by: string): Promise<void>;
  /** Where what is removed waits as it was: brings that back, in the place of add(). */
  restore?(key: string, by: string): Promise<void>;
  /** What is said once a change is taken back: where it went, or what of it does not come back. */
  notes?: Partial<Record<What, string>>;
  /** For lists whose order counts: to `position` (1 = first) among those of the same group. */
  move?(key: string, position: number, by: string): Promise<void>;
};

/** A kind of thing whose changes are kept. */
export type Kind = Revertible | { recorded: Recorded; refuses: Record<What, string> };

export type Section = Revertible & {
  /** "networks": its name in a file */
  name: string;
  /** Of one entry of a file. Fields that are left out stay as they are. */
  schema: z.ZodType<Fields>;
  /** What tells entries apart; the same for an entry of a file and what it means here. */
  identify(fields: Fields): string;
  /** Whether the secrets of this entry are secrets; left out: always. */
  isSecret?(fields: Fields): boolean;
  /** The secret that is kept at `key`; null = none, or it cannot be read. */
  readSecret?(key: string): Promise<string | null>;
  /** All that stands here, in the order of a file. */
  list(): Promise<Entry[]>;
  /** Of lists whose order counts. */
  group?(fields: Fields): string;
  /** Why files never remove one. */
  isKept?: string;
};
