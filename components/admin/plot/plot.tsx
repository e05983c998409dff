// Numbers over time as lines: drawn on the server, so that it is there without a script; with one, a pointer or the
// arrow keys show the numbers of a moment, which screen readers say. Lines differ by colour and by their dashes.
'use client';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { joinClasses } from '../../ui/class-names.ts';
import { styleRef } from '../../ui/style-ref.ts';
import { useTimeZone } from '../../ui/time-zone.tsx';
import {
  box,
  drawArea,
  drawLine,
  type Format,
  findTop,
  placeAcross,
  type Values,
} from './geometry.ts';
import { formatPoint, formatShort, formatValue } from './words.ts';

export type Line = {
  title: string;
  values: Values;
  /** What stands beside its name: a total, or how it is now */
  note?: string;
};

export type PlotProps = {
  title: string;
  /** Beginning of each point, milliseconds since 1970 */
  at: number[];
  stepSeconds: number;
  format: Format;
  lines: Line[];
  isLarge?: boolean;
};

const looks = [
  { colour: 'text-accent', dash: undefined },
  { colour: 'text-info-text', dash: '7 3' },
  { colour: 'text-warn-text', dash: '2 3' },
  { colour: 'text-danger-text', dash: '10 3 2 3' },
  { colour: 'text-muted', dash: '4 2' },
  { colour: 'text-ink', dash: '1 4' },
] as const;
const lookOf = (index: number) => looks[index % looks.length] ?? looks[0];

export function Plot({ title, at, stepSeconds, format, lines, isLarge = false }: PlotProps) {
  const [shown, setShown] = useState<number | null>(null);
  const { timeZone } = useTimeZone();
  const last = at.length - 1;
  const top = findTop(
    Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))),
    format,
  );
  const name = (index: number) => formatPoint(at[index] ?? 0, stepSeconds, timeZone);
  const say = (index: number) =>
    `${name(index)}: ${lines.map((line) => `${line.title} ${formatValue(line.values[index] ?? null, format)}`).join(', ')}`;
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = width === 0 ? 0 : (event.clientX - left) / width;
    setShown(Math.max(0, Math.min(last, Math.round(share * last))));
  };
  const step = (event: KeyboardEvent) => {
    const from = shown ?? last;
    const to = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageUp: from - 10,
      PageDown: from + 10,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') setShown(null);
    if (to === undefined) return;
    event.preventDefault();
    setShown(Math.max(0, Math.min(last, to)));
  };
  return (
    <figure className="m-0">
      <figcaption>
        <Legend lines={lines} />
      </figcaption>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <Scale top={top} format={format} />
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${title}: arrow keys go through the times`}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={shown ?? last}
          aria-valuetext={say(shown ?? last)}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setShown(null)}
          onKeyDown={step}
          onBlur={() => setShown(null)}
          className={joinClasses('relative touch-pan-y rounded-sm', isLarge ? 'h-64' : 'h-32')}
        >
          <Drawing lines={lines} top={top} shown={shown} length={at.length} />
          {lines.every(({ values }) => values.every((value) => value === null)) && (
            <p className="absolute inset-0 grid place-items-center text-sm text-faint">
              Nothing is known yet
            </p>
          )}
          {shown !== null && (
            <Tip
              title={name(shown)}
              lines={lines}
              index={shown}
              format={format}
              share={last === 0 ? 0.5 : shown / last}
            />
          )}
        </div>
        <div aria-hidden className="col-start-2 flex justify-between pt-1 text-xs text-faint">
          {[0, 0.5, 1].map((share) => (
            <span key={share} className="tabular-nums">
              {name(Math.round(share * last))}
            </span>
          ))}
        </div>
      </div>
    </figure>
  );
}

function Legend({ lines }: { lines: Line[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {lines.map((line, index) => (
        <li key={line.title} className="inline-flex items-center gap-1.5">
          <svg
            aria-hidden
            viewBox="0 0 18 4"
            className={joinClasses('h-1 w-4.5', lookOf(index).colour)}
          >
            <line
              x1="0"
              y1="2"
              x2="18"
              y2="2"
              stroke="currentColor"
              strokeWidth="2"
              strokeDasharray={lookOf(index).dash}
            />
          </svg>
          <span>{line.title}</span>
          {line.note && <span className="font-medium tabular-nums">{line.note}</span>}
        </li>
      ))}
    </ul>
  );
}

function Scale({ top, format }: { top: number; format: Format }) {
  return (
    <div
      aria-hidden
      className="-my-2 flex min-w-8 flex-col justify-between text-right text-xs text-faint tabular-nums"
    >
      {[top, top / 2, 0].map((value) => (
        <span key={value}>{formatShort(value, format)}</span>
      ))}
    </div>
  );
}

function Drawing({
  lines,
  top,
  shown,
  length,
}: {
  lines: Line[];
  top: number;
  shown: number | null;
  length: number;
}) {
  const across = shown === null ? null : placeAcross(shown, length);
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${box.width} ${box.height}`}
      preserveAspectRatio="none"
      className="absolute inset-0 size-full overflow-visible"
    >
      {[0, 0.5, 1].map((share) => (
        <line
          key={share}
          x1="0"
          x2={box.width}
          y1={share * box.height}
          y2={share * box.height}
          className="text-line"
          stroke="currentColor"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {lines.map(({ title, values }, index) => (
        <g key={title} className={lookOf(index).colour}>
          {index === 0 && <path d={drawArea(values, top)} fill="currentColor" opacity="0.12" />}
          <path
            d={drawLine(values, top)}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.75"
            strokeLinecap={lookOf(index).dash ? 'butt' : 'round'}
            strokeLinejoin="round"
            strokeDasharray={lookOf(index).dash}
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ))}
      {across !== null && (
        <line
          x1={across}
          x2={across}
          y1="0"
          y2={box.height}
          className="text-muted"
          stroke="currentColor"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

function Tip({
  title,
  lines,
  index,
  format,
  share,
}: {
  title: string;
  lines: Line[];
  index: number;
  format: Format;
  share: number;
}) {
  return (
    <div
      aria-hidden
      ref={styleRef({ left: `${share * 100}%` })}
      className={joinClasses(
        'pointer-events-none absolute -top-1 z-10 w-max rounded-md border bg-surface px-2.5 py-1.5 text-sm shadow-float',
        share > 0.5 ? '-translate-x-[calc(100%+0.5rem)]' : 'translate-x-2',
      )}
    >
      <p className="font-medium tabular-nums">{title}</p>
      {lines.map((line) => (
        <p key={line.title} className="flex justify-between gap-4">
          <span className="text-muted">{line.title}</span>
          <span className="tabular-nums">{formatValue(line.values[index] ?? null, format)}</span>
        </p>
      ))}
    </div>
  );
}
