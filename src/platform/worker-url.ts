/**
 * The file of a worker beside its owner, in source and in a build alike: the ending is the owner's own.
 * `workerUrl('ingest-worker', import.meta.url)`.
 */
export function workerUrl(name: string, from: string): URL {
  const ending = from.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${ending}`, from);
}
