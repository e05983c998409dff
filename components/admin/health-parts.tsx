// The parts of the system with their colour: what is wrong in whole sentences, what is well in a word.
import { ChevronRight, CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { Part } from '#lib/numbers/health/part.ts';
import { joinClasses } from '../ui/class-names.ts';

const looks = {
  green: { icon: CircleCheck, text: 'text-ok-text', word: 'well' },
  yellow: { icon: TriangleAlert, text: 'text-warn-text', word: 'look at it' },
  red: { icon: CircleAlert, text: 'text-danger-text', word: 'broken' },
};

/** A mark of the colour, with the word that it means. */
export function HealthMark({ colour }: { colour: Part['colour'] }) {
  const { icon: Icon, text, word } = looks[colour];
  return (
    <>
      <Icon aria-hidden className={joinClasses('size-4 shrink-0', text)} />
      <span className="sr-only">{word}:</span>
    </>
  );
}

/** What is wrong, the worst first: each with its sentence and what to do. Nothing where all is well. */
export function HealthProblems({ parts }: { parts: Part[] }) {
  const problems = (['red', 'yellow'] as const).flatMap((colour) =>
    parts.filter((part) => part.colour === colour),
  );
  if (problems.length === 0) return null;
  return (
    <ul aria-label="Problems" className="mb-6 divide-y rounded-lg border bg-surface">
      {problems.map(({ name, title, colour, text, todo, href }) => (
        <li
          key={name}
          className="relative flex gap-3 px-4 py-3 first:rounded-t-lg last:rounded-b-lg hover:bg-hover"
        >
          <span className="pt-0.5">
            <HealthMark colour={colour} />
          </span>
          <div className="min-w-0 flex-1">
            <p className="break-words">
              {/* The link covers its whole row. */}
              <Link
                href={href}
                className="font-medium after:absolute after:inset-0 after:rounded-[inherit] hover:underline"
              >
                {title}
              </Link>
              <span className="text-muted">: </span>
              {text}
            </p>
            <p className="text-sm break-words text-muted">{todo}</p>
          </div>
          <ChevronRight aria-hidden className="size-4 shrink-0 self-center text-faint" />
        </li>
      ))}
    </ul>
  );
}

/** The parts that are well, in a line each: what is wrong stands in HealthProblems. */
export function HealthList({ parts }: { parts: Part[] }) {
  const well = parts.filter(({ colour }) => colour === 'green');
  if (well.length === 0) return <p className="text-sm text-muted">No part is well.</p>;
  return (
    <ul className="-my-1.5 grid gap-x-8 sm:grid-cols-2">
      {well.map(({ name, title, colour, text, href }) => (
        <li key={name} className="flex items-baseline gap-2 border-line py-1.5">
          <span className="translate-y-0.5">
            <HealthMark colour={colour} />
          </span>
          <Link href={href} className="w-28 shrink-0 font-medium hover:underline">
            {title}
          </Link>
          <span className="min-w-0 flex-1 text-sm break-words text-muted">{text}</span>
        </li>
      ))}
    </ul>
  );
}
