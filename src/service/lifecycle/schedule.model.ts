/** Schedules, slow and obvious: asks a calendar about every single minute. */
import type { MatchSchedule } from './schedule.ts';

const minuteMs = 60_000;

/** The hour and minute that a clock on the wall shows, as `02:05`. */
export function wallTime(ms: number, timeZone: string): string {
  return new Date(ms).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
}

/** By names of times, which sort as they follow each other in a day. */
export function isOpenModel(schedule: MatchSchedule, ms: number): boolean {
  if (schedule.kind !== 'windows') return schedule.kind === 'immediate';
  const now = wallTime(ms, schedule.timeZone);
  const name = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return schedule.windows.some(({ startMinute, endMinute }) => {
    const [start, end] = [name(startMinute), name(endMinute)];
    return start < end ? now >= start && now < end : now >= start || now < end;
  });
}

/** Looks at every minute of five days; null when none is as wanted. */
export function firstMinuteModel(schedule: MatchSchedule, fromMs: number, open: boolean): number | null {
  if (isOpenModel(schedule, fromMs) === open) return fromMs;
  const first = (Math.floor(fromMs / minuteMs) + 1) * minuteMs;
  for (let ms = first; ms < first + 5 * 1_440 * minuteMs; ms += minuteMs) {
    if (isOpenModel(schedule, ms) === open) return ms;
  }
  return null;
}
