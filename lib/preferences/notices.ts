// How new mail is told.
export const noticesPreferences = [] as const;
