// What signed-in users may send, and when their mail is held.
export const sendingSettings = [] as const;
