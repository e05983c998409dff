// The list of messages.
export const listPreferences = [] as const;
