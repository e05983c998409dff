// xtext (RFC 3461 §4): printable ASCII in which "+" and two capital hex digits stand for any byte.

/** The text, or null where it is no xtext or holds what no address, name or id has: control characters. */
export function decodeXtext(text: string): string | null {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return null;
  const decoded = text.replace(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /[\p{Cc}]/u.test(decoded) ? null : decoded;
}
