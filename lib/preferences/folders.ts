// The folders beside the list, labels and searches.
export const foldersPreferences = [] as const;
