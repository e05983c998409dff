// What becomes of a message that is opened.
export const readingPreferences = [] as const;
