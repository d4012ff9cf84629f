/** A device's advertising id: 32 hexadecimal digits with hyphens after 8, 12, 16 and 20. */
const maidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** What a device reports whose owner switched tracking off. It belongs to nobody. */
export const maidOfNobody = '00000000-0000-0000-0000-000000000000';

/** The compared form of a mobile advertising id: trimmed and lower-case. Null when it is none. */
export function normaliseMaid(text: string): string | null {
  const form = text.trim().toLowerCase();
  return maidShape.test(form) && form !== maidOfNobody ? form : null;
}
