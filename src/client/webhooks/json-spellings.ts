/** The same JSON value as other serialisers write it: compact, with Python's blanks, indented, with a line break. None for no JSON. */
export function jsonSpellings(body: Uint8Array): readonly string[] {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
    const compact = JSON.stringify(value);
    return [compact, pythonJson(value), JSON.stringify(value, null, 2), `${compact}\n`];
  } catch {
    return [];
  }
}

/** As `json.dumps` of Python writes by default: blanks after colons and commas, nothing beyond ASCII. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, one]) => `${pythonJson(key)}: ${pythonJson(one)}`);
    return `{${pairs.join(', ')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
