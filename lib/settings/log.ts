// Log lines in the classic shape of a maillog, for tools that read them.
export const logSettings = [] as const;
