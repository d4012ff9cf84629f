/** More came than is wanted. */
export class TooLong extends Error {
  override name = 'TooLong';
}

/**
 * The body of an answer, inflated; rejects with TooLong as soon as it is longer, and lets go of the connection. Whoever calls sets
 * the time with the signal of the request.
 */
export async function readCapped(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return Buffer.alloc(0);
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
