/** A name without case, accents and wide forms. Composing again keeps the marks that belong to a letter. */
export function plainHeader(text: string): string {
  return withoutInvisible(text)
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC');
}

/** The text without soft hyphens, joiners and byte order marks, which programs leave inside names. */
export function withoutInvisible(text: string): string {
  return text.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '');
}
