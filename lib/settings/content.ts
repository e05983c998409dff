// Checks of a whole message: SPF, DKIM, DMARC, ARC, header, attachments, outside scanners.
export const contentSettings = [] as const;
