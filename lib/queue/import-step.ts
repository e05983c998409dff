// What one line of an imported table does.

export type ImportStep = {
  line: number;
  what: 'add' | 'change' | 'same' | 'refuse';
  /** What is added or changed, or why not */
  text: string;
};

/** A step that has not been done. */
export type Step = ImportStep & { run?: (by: string) => Promise<unknown> };
