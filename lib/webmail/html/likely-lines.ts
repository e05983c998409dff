// How many lines a message is likely to need, guessed while it is cleaned: nobody can measure a frame of opaque origin.
// Pure.

/** Letters in a line of the reader. */
const lineLength = 90;
const linePx = 24;
const tallestPx = 1200;
/** What begins a line of its own; cells of a row stand beside one another. */
const blocks =
  /^(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|figure|footer|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul)$/;
/** With room around them. */
const apart = /^(?:blockquote|dl|figure|h[1-6]|ol|p|pre|ul)$/;

export type LineCounter = ReturnType<typeof countLines>;

/** Told the texts and tags in their order. */
export function countLines() {
  let lines = 0;
  let letters = 0;
  const end = () => {
    lines += Math.ceil(letters / lineLength);
    letters = 0;
  };
  return {
    addText(text: string): void {
      const words = text.replace(/\s+/g, ' ').trim();
      if (words !== '') letters += words.length + 1;
    },
    addTag(name: string): void {
      if (!blocks.test(name)) return;
      if (name === 'br' && letters === 0) lines++;
      end();
      if (apart.test(name)) lines += 0.7;
    },
    /** Of a picture that is shown; `height` as the message says it */
    addPicture(height: string | undefined): void {
      const px = /^\d{1,4}$/.test(height ?? '') ? Number(height) : 120;
      lines += Math.min(px, tallestPx) / linePx;
    },
    read(): number {
      end();
      return Math.round(lines);
    },
  };
}
