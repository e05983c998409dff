// What a person types as the address of a link. Pure.

/** The address of a link as it may be used, or null: https:, http:, mailto:, tel:; a bare host or address is completed. */
export function completeLink(text: string): string | null {
  const wanted = text.trim();
  if (/^(?:https?:\/\/[^\s/]|mailto:[^\s]+@|tel:\+?\d)/i.test(wanted)) return wanted;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(wanted)) return `mailto:${wanted}`;
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#:]\S*)?$/i.test(wanted)) return `https://${wanted}`;
  return null;
}
