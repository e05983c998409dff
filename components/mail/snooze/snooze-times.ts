// The moments a message can be put off to, in a person's zone. Pure.

export type SnoozeTime = {
  key: 'later' | 'evening' | 'tomorrow' | 'weekend' | 'nextWeek';
  at: Date;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const [morning, evening] = [8, 18];

type Wall = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
};

/** What the clock on the wall says in a zone. */
export function readWall(at: Date, zone: string | undefined): Wall {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...(zone ? { timeZone: zone } : {}),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  }).formatToParts(at);
  const read = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(read('weekday'));
  const [year, month, day, hour, minute] = ['year', 'month', 'day', 'hour', 'minute'].map((type) =>
    Number(read(type)),
  ) as [number, number, number, number, number];
  return { year, month, day, hour, minute, weekday };
}

/** The moment at which the wall of a zone says so; in the gap of a changing clock the one an hour on. */
export function atWall(
  { year, month, day, hour, minute }: Omit<Wall, 'weekday'>,
  zone: string | undefined,
): Date {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  // Twice: the first guess may lie on the other side of a change of the clock.
  for (let round = 0; round < 2; round++) {
    const wall = readWall(new Date(guess), zone);
    const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
    guess += wanted - shown;
  }
  return new Date(guess);
}

/** Moments that make sense now, the nearest first. */
export function listSnoozeTimes(now: Date, zone: string | undefined): SnoozeTime[] {
  const wall = readWall(now, zone);
  const day = (ahead: number, hour: number) => {
    const noon = new Date(Date.UTC(wall.year, wall.month - 1, wall.day, 12) + ahead * dayMs);
    return atWall(
      {
        year: noon.getUTCFullYear(),
        month: noon.getUTCMonth() + 1,
        day: noon.getUTCDate(),
        hour,
        minute: 0,
      },
      zone,
    );
  };
  const later = new Date(Math.ceil((now.getTime() + 3 * hourMs) / (hourMs / 2)) * (hourMs / 2));
  const times: SnoozeTime[] = [];
  if (wall.hour < evening - 4) times.push({ key: 'later', at: later });
  if (wall.hour < evening) times.push({ key: 'evening', at: day(0, evening) });
  times.push({ key: 'tomorrow', at: day(1, morning) });
  // On Friday it is tomorrow, at the weekend the next one.
  const toSaturday = (6 - wall.weekday + 7) % 7 || 7;
  if (toSaturday > 1) times.push({ key: 'weekend', at: day(toSaturday, morning) });
  const toMonday = (1 - wall.weekday + 7) % 7 || 7;
  if (toMonday > 1) times.push({ key: 'nextWeek', at: day(toMonday, morning) });
  return times;
}
