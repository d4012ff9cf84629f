/** When accepted operations are matched: pure arithmetic of clocks and calendars. */

/** Minutes of a day by the clock on the wall, 0..1439. An end at or before its start lies on the next day. */
export interface DailyWindow {
  readonly startMinute: number;
  /** The first minute that is outside again. */
  readonly endMinute: number;
}

export type MatchSchedule =
  /** As soon as they are accepted. */
  | { readonly kind: 'immediate' }
  /** In runs, at whole multiples of the interval since 1970 in UTC: a restart moves none of them. */
  | { readonly kind: 'every'; readonly everyMs: number }
  /** As soon as they are accepted while the clock on the wall shows a time inside a window, and not before. */
  | { readonly kind: 'windows'; readonly windows: readonly DailyWindow[]; readonly timeZone: string };

const minuteMs = 60_000;
const dayMinutes = 1_440;
/** Zones move their clocks at whole quarters of an hour, so that inside a quarter minutes of the wall run as they do everywhere. */
const quarterMinutes = 15;
/** A window that falls into the hour that a spring day lacks opens on the day after. */
const searchedMinutes = 3 * dayMinutes;

/**
 * The earliest time from `nowMs` on at which an operation accepted at `nowMs` may be matched: `nowMs` itself while matching is open.
 * With `every`, the exact time of a run counts as that run.
 */
export function nextOpeningMs(schedule: MatchSchedule, nowMs: number): number {
  switch (schedule.kind) {
    case 'immediate':
      return nowMs;
    case 'every':
      return Math.ceil(nowMs / schedule.everyMs) * schedule.everyMs;
    case 'windows':
      return firstMinute(schedule, nowMs, true) ?? nowMs + searchedMinutes * minuteMs;
  }
}

/** When a window that is open at `nowMs` closes; null where nothing closes. */
export function nextClosingMs(schedule: MatchSchedule, nowMs: number): number | null {
  return schedule.kind === 'windows' ? firstMinute(schedule, nowMs, false) : null;
}

/**
 * When `workMs` of matching are done that begin at `fromMs` at the earliest: in windows, over as many as it takes. Null when that
 * is more than can be foreseen.
 */
export function finishMs(schedule: MatchSchedule, fromMs: number, workMs: number): number | null {
  let left = workMs;
  let atMs = fromMs;
  for (let turn = 0; turn < foreseenTurnCount; turn++) {
    const startMs = nextOpeningMs(schedule, atMs);
    const endMs = nextClosingMs(schedule, startMs);
    if (endMs === null || startMs + left <= endMs) return startMs + left;
    left -= endMs - startMs;
    atMs = endMs;
  }
  return null;
}

const foreseenTurnCount = 14;

type Windows = Extract<MatchSchedule, { readonly kind: 'windows' }>;

/** The first time from `fromMs` on that is inside (or outside) every window: `fromMs`, or the start of a minute. */
function firstMinute(schedule: Windows, fromMs: number, inside: boolean): number | null {
  const wall = wallClock(schedule.timeZone);
  if (isInside(schedule.windows, wall(fromMs)) === inside) return fromMs;
  const first = Math.floor(fromMs / minuteMs) + 1;
  for (let minute = first; minute < first + searchedMinutes;) {
    const quarterEnd = (Math.floor(minute / quarterMinutes) + 1) * quarterMinutes;
    const shown = wall(minute * minuteMs);
    for (let offset = 0; minute + offset < quarterEnd; offset++) {
      if (isInside(schedule.windows, (shown + offset) % dayMinutes) === inside)
        return (minute + offset) * minuteMs;
    }
    minute = quarterEnd;
  }
  return null;
}

function isInside(windows: readonly DailyWindow[], minute: number): boolean {
  return windows.some(({ startMinute, endMinute }) =>
    startMinute < endMinute
      ? minute >= startMinute && minute < endMinute
      : minute >= startMinute || minute < endMinute,
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The minute of the day that a clock in the zone shows. */
function wallClock(timeZone: string): (ms: number) => number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    formats.set(timeZone, format);
  }
  const chosen = format;
  return (ms) => {
    const [hour = 0, minute = 0] = chosen.format(ms).split(':').map(Number);
    return hour * 60 + minute;
  };
}
