// Writing.
export const composePreferences = [] as const;
