/** Names of this machine that reach a server bound to its loopback address. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** The name in a Host header, without its port. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

/**
 * Says which Host headers are served. A server on the loopback address trusts whoever is on the machine, and a browser
 * there can be made to ask it under a foreign name (DNS rebinding); so it serves only its own names and those that
 * its operator adds, such as the name of a proxy in front. A server on any other address has its name from DNS.
 */
export function createHostCheck(
  boundAddress: string,
  addedNames: readonly string[],
): (host: string | undefined) => boolean {
  if (!isLoopback(boundAddress)) return () => true;
  const names = new Set([...loopbackNames, boundAddress, ...addedNames.map((name) => name.toLowerCase())]);
  return (host) => host !== undefined && names.has(nameOf(host));
}
