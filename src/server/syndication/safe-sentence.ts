const charsMax = 300;

/**
 * What another seller wrote, as a sentence that may be kept and shown: without anything that looks like an identifier. Sellers have no
 * reason to repeat one, and some do.
 */
export function safeSentence(text: string, externalIds: readonly string[] = []): string {
  const line = text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/\p{C}/gu, '')
    .slice(0, 4 * charsMax);
  const known = externalIds.filter((id) => id.length > 0 && line.includes(id));
  const bare = known.sort((a, b) => b.length - a.length).reduce((rest, id) => rest.replaceAll(id, '…'), line);
  return bare
    .replaceAll(/[^\s"'<>,;]+@[^\s"'<>,;]+/g, '…')
    .replaceAll(/\b(?:[0-9a-f]{2}){8,}\b/gi, '…')
    .replaceAll(/[A-Za-z0-9+/_-]{40,}={0,2}/g, '…')
    .replaceAll(/\+?\d[\d ().-]{7,}\d/g, '…')
    .slice(0, charsMax)
    .trim();
}
