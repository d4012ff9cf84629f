/** The file beside another one, in source and in a build alike. The store may not import the platform, whose function this is too. */
export function workerUrl(name: string, from: string): URL {
  return new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
}
