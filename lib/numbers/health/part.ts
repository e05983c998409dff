// What health is made of: each part of the system with its colour, a sentence, and what to do.

/** From well to bad */
export const colours = ['green', 'yellow', 'red'] as const;
export type Colour = (typeof colours)[number];

export type Part = {
  name: string;
  title: string;
  colour: Colour;
  /** How it is, one sentence */
  text: string;
  /** What to do about it; empty where it is well */
  todo: string;
  /** The page of the panel where to look */
  href: string;
};

/** The worst colour of all. */
export function worstOf(parts: Pick<Part, 'colour'>[]): Colour {
  return colours.findLast((colour) => parts.some((part) => part.colour === colour)) ?? 'green';
}
