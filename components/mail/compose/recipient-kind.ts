// The fields of recipients, and how a chip travels between them.
export type RecipientKind = 'to' | 'cc' | 'bcc' | 'replyTo';

/** Type of the data of a dragged chip: {person, from} as JSON. */
export const chipType = 'application/x-drey-recipient';
