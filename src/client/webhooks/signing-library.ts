import type * as Signing from '@adcp/sdk/signing/server';

/** What is used of AdCP's official library, loaded when it is needed: it takes 80 MB and 0.4 s. */
export type SigningLibrary = typeof Signing;

export async function loadSigning(): Promise<SigningLibrary> {
  return import('@adcp/sdk/signing/server');
}
