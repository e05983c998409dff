// A body as the check reads it.
export type BodyRow = {
  id: number;
  hash: string;
  sizeBytes: bigint | number;
  place: string;
  createdAt: Date;
  rowBytes: bigint | number | null;
  version: bigint | number | null;
  hasText: bigint | number;
  isUsed: bigint | number;
};

/** What was found in one of the two places: nothing, something else, the body, or something that cannot be read now. */
export type Kept = 'missing' | 'wrong' | 'right' | 'unreadable';
