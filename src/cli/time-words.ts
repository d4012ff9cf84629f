/** `2026-11-26 14:03:05`, in UTC as everything is that is stored; empty for no time. */
export function timeWords(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
