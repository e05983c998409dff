// A disc with initials. The hue follows from the address, so a person keeps it everywhere.
import { joinClasses } from './class-names.ts';

/** One of the eighteen hues of globals.css. */
function hueOf(text: string): string {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return `hue-${Math.floor(hash / 20) * 20 + 10}`;
}

/** Two first letters of the words, or one. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

export function Avatar({
  name,
  address,
  size = 'md',
  className,
}: {
  name?: string;
  address: string;
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}) {
  const sizes = { sm: 'size-6 text-[10px]', md: 'size-8 text-xs', lg: 'size-10 text-sm' };
  return (
    <span
      aria-hidden
      className={joinClasses(
        'avatar inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none',
        hueOf(address.toLowerCase()),
        sizes[size],
        className,
      )}
    >
      {initialsOf(name || address)}
    </span>
  );
}
