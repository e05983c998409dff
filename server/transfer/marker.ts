// The file `drey-export.json` in the root of an export: that it is one, of whom, and what the format itself
// cannot say. An import reads it; other programs pass it over.
import { z } from 'zod';

export const markerName = 'drey-export.json';
/** More is not ours. */
export const markerLimitBytes = 4 * 1024 * 1024;

const folderSchema = z.object({
  /** Name of the mailbox */
  name: z.string().max(2000),
  uidValidity: z.number().int().positive(),
  uidNext: z.number().int().positive(),
});
const markerSchema = z.object({
  version: z.literal(1),
  format: z.enum(['maildir', 'mbox', 'eml']),
  address: z.string().max(400),
  subscriptions: z.array(z.string().max(2000)),
  /** By the path from the root. */
  folders: z.record(z.string(), folderSchema),
});

export type MarkedFolder = z.infer<typeof folderSchema>;
export type Marker = z.infer<typeof markerSchema>;

/** Reads the text of the file; null for what is no marker of ours. */
export function parseMarker(text: string): Marker | null {
  try {
    const parsed = markerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function formatMarker(marker: Marker): string {
  return `${JSON.stringify(marker, null, 2)}\n`;
}

/** The file of a folder for what its format cannot say of a message: a line of JSON each. */
export const indexName = 'drey-index.jsonl';
/** Some millions of lines. */
export const indexLimitBytes = 1024 * 1024 * 1024;

const entrySchema = z.object({
  file: z.string().max(1000),
  /** The file holds the exact bytes, whatever its line ends look like. */
  isExact: z.boolean().optional(),
  uid: z.number().int().positive().optional(),
  popUid: z.string().max(70).optional(),
  flags: z.number().int().min(0).max(31).optional(),
  keywords: z.array(z.string().max(200)).max(200).optional(),
  /** ISO 8601 */
  internalDate: z.iso.datetime().optional(),
});

export type IndexEntry = z.infer<typeof entrySchema>;

/** A line of the index; null for what is none (the last one of an export that was cut short). */
export function parseIndexEntry(line: string): IndexEntry | null {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The entries of an index by file; a later line of a file replaces an earlier one. */
export function parseIndex(text: string | null): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>();
  for (const line of (text ?? '').split('\n')) {
    const entry = line === '' ? null : parseIndexEntry(line);
    if (entry) entries.set(entry.file, entry);
  }
  return entries;
}
