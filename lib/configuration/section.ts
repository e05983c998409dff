// What a part of the configuration must tell and do so that files bring it and changes of it can be taken back. A new one
// is a file in sections/ and a line in sections.ts.
import type { z } from 'zod';
import type { Fields, Recorded } from '#lib/history/revise.ts';

export type Entry = {
  /** What the history calls it (Recorded) */
  key: string;
  fields: Fields;
};

export type Section = {
  /** "networks": its name in a file */
  name: string;
  recorded: Recorded;
  /** Of one entry of a file. Fields that are left out stay as they are. */
  schema: z.ZodType<Fields>;
  /** What tells entries apart; the same for an entry of a file and what it means here. */
  identify(fields: Fields): string;
  /** Which of them hold secrets: the history and files never have them. */
  secrets?: string[];
  /** Whether those of this entry are secrets; left out: always. */
  isSecret?(fields: Fields): boolean;
  /** The secret that is kept at `key`; null = none, or it cannot be read. */
  readSecret?(key: string): Promise<string | null>;
  /** All that stands here, in the order of a file. */
  list(): Promise<Entry[]>;
  /** Adds one; fields that name other entries may be left for change(). Returns its key. */
  add(fields: Fields, by: string): Promise<string>;
  /** Fields of add() that are given to change() afterwards, because they name other entries. */
  later?: string[];
  change(key: string, fields: Fields, by: string): Promise<void>;
  remove(key: string, by: string): Promise<void>;
  /** For lists whose order counts: to `position` (1 = first) among those of the same `group`. */
  move?(key: string, position: number, by: string): Promise<void>;
  group?(fields: Fields): string;
  /** Why files never remove one. */
  isKept?: string;
};
