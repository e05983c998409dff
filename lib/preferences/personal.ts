// Who the user is; names and signatures are identities (lib/webmail/identities.ts).
export const personalPreferences = [] as const;
