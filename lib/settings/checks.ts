// Checks of strangers before their mail is read: who they are, how often they come, what lists say of them.
export const checksSettings = [] as const;
