/** A schedule as an operator writes it, and how it is told to people. */
import type { DailyWindow, MatchSchedule } from './schedule.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const everyMsMin = 1_000;
const everyMsMax = 24 * 3_600_000;
const windowCountMax = 24;

/** `immediate`, `every 15m`, or `02:00-05:00` and several of those with commas between; null for anything else. */
export function parseMatchSchedule(text: string, timeZone: string): MatchSchedule | null {
  const words = text.trim().toLowerCase();
  if (words === 'immediate') return { kind: 'immediate' };
  const every = /^every\s+(\d{1,5})\s*([smh])$/.exec(words);
  if (every !== null) {
    const everyMs = Number(every[1]) * unitMs[every[2] as keyof typeof unitMs];
    return everyMs >= everyMsMin && everyMs <= everyMsMax ? { kind: 'every', everyMs } : null;
  }
  const windows = words.split(',').map((part) => parseWindow(part.trim()));
  const isGood = windows.length <= windowCountMax && windows.every((window) => window !== null);
  return isGood ? { kind: 'windows', windows, timeZone } : null;
}

function parseWindow(text: string): DailyWindow | null {
  const found = /^(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)$/.exec(text);
  if (found === null) return null;
  const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = found.slice(1).map(Number);
  const start = startHour * 60 + startMinute;
  const end = endHour * 60 + endMinute;
  if (startHour > 23 || startMinute > 59 || endMinute > 59 || end > 1_440 || start === end % 1_440)
    return null;
  return { startMinute: start, endMinute: end % 1_440 };
}

/** Whether a name such as `Europe/Berlin` is known here. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `at once`, `every 15 min`, `from 02:00 to 05:00 (Europe/Berlin)`. */
export function scheduleWords(schedule: MatchSchedule): string {
  switch (schedule.kind) {
    case 'immediate':
      return 'at once';
    case 'every':
      return `every ${intervalWords(schedule.everyMs)}`;
    case 'windows': {
      const spans = schedule.windows.map(
        ({ startMinute, endMinute }) => `from ${clock(startMinute)} to ${clock(endMinute)}`,
      );
      return `${spans.join(', ')} (${schedule.timeZone})`;
    }
  }
}

function intervalWords(ms: number): string {
  if (ms % unitMs.h === 0) return `${ms / unitMs.h} h`;
  return ms % unitMs.m === 0 ? `${ms / unitMs.m} min` : `${ms / unitMs.s} s`;
}

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
