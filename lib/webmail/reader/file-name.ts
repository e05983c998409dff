// File names out of messages: shown to people, sent in a header, used by a browser to store a file. The
// sender chose them, so nothing of path, control, direction or quoting survives.

const maxLength = 150;

/** A harmless single file name; 'attachment' for what leaves nothing. */
export function safeFileName(name: string): string {
  const cleaned = name
    .toWellFormed()
    // Right-to-left overrides make "exe.gpj" read as a picture.
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+/, '');
  if (cleaned === '' || /^[_. ]+$/.test(cleaned)) return 'attachment';
  if (cleaned.length <= maxLength) return cleaned;
  const dot = cleaned.lastIndexOf('.');
  const extension = dot > 0 && cleaned.length - dot <= 12 ? cleaned.slice(dot) : '';
  return cleaned.slice(0, maxLength - extension.length).toWellFormed() + extension;
}

/** Content-Disposition with an ASCII fallback and the whole name (RFC 6266, RFC 8187). */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string): string {
  const safe = safeFileName(fileName);
  const ascii = safe.replace(/[^\u0020-\u007e]/g, '_').replace(/["\\%]/g, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
