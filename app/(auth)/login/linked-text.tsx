// Words of the administrator: plain text in which web addresses are links.

const linkPattern = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/i;

export function LinkedText({ text }: { text: string }) {
  if (text === '') return null;
  // Every second piece is what the pattern caught.
  const pieces = text.split(linkPattern);
  return (
    <p className="mb-4 rounded-lg border bg-surface px-6 py-3 break-words">
      {pieces.map((piece, at) =>
        at % 2 === 0 ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces never change places
          <a key={at} href={piece} rel="noreferrer" className="text-accent-text underline">
            {piece}
          </a>
        ),
      )}
    </p>
  );
}
