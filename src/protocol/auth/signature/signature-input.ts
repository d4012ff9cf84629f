import { parseDictionary, serializeInnerList } from 'structured-headers';

import { signatureRefusal } from './refusal.ts';

/** What a request says of its signature: the first one, which is all that AdCP looks at. */
export interface SignatureInput {
  /** Covered components, in order. */
  readonly components: readonly string[];
  readonly created: number | undefined;
  readonly expires: number | undefined;
  readonly nonce: string | undefined;
  readonly keyid: string | undefined;
  readonly alg: string | undefined;
  readonly tag: string | undefined;
  /** The value as the base of the signature repeats it. */
  readonly params: string;
  readonly signature: Uint8Array;
}

const malformed = () => signatureRefusal('header_malformed');

/**
 * Names of a dictionary's members, repeated ones too: the parser of RFC 8941 keeps the last of two, and with it the choice of
 * which one is checked would be a proxy's.
 */
export function memberNames(header: string): readonly string[] {
  const bare = header
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\([^)]*\)/g, '')
    .replaceAll(/:[^:,]*:/g, '');
  return bare.split(',').map((member) => /^\s*([^\s=;]*)/.exec(member)?.[1] ?? '');
}

function dictionaryOf(header: string): ReturnType<typeof parseDictionary> {
  const names = memberNames(header);
  if (new Set(names).size !== names.length) throw malformed();
  try {
    return parseDictionary(header);
  } catch {
    throw malformed();
  }
}

/**
 * Bytes between colons in the letters that RFC 8941 knows. AdCP's signers of before 3.2 write base64url without padding; a value
 * in both alphabets at once is neither.
 */
function inStandardLetters(header: string): string {
  return header.replaceAll(/:([A-Za-z0-9+/=_-]*):/g, (_, bytes: string) => {
    const isUrl = /[-_]/.test(bytes);
    if (isUrl && /[+/=]/.test(bytes)) throw malformed();
    return `:${bytes.replaceAll('-', '+').replaceAll('_', '/')}:`;
  });
}

function text(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw malformed();
}

function seconds(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw malformed();
}

/**
 * Reads the two headers. Refuses with `header_malformed`: one without the other, what is no dictionary of RFC 8941, a name twice.
 * Null: the request has neither. Source: RFC 9421, 4.1 and 4.2.
 */
export function readSignature(
  inputHeader: string | undefined,
  signatureHeader: string | undefined,
): SignatureInput | null {
  if (inputHeader === undefined && signatureHeader === undefined) return null;
  if (inputHeader === undefined || signatureHeader === undefined) throw malformed();
  const inputs = dictionaryOf(inputHeader);
  const label = inputs.has('sig1') ? 'sig1' : [...inputs.keys()][0];
  const entry = label === undefined ? undefined : inputs.get(label);
  if (label === undefined || entry === undefined || !Array.isArray(entry[0])) throw malformed();
  const list = entry as Parameters<typeof serializeInnerList>[0];
  const components = list[0].map(([component, parameters]) => {
    // AdCP's profile covers whole fields only.
    if (typeof component !== 'string' || parameters.size > 0) throw malformed();
    return component;
  });
  const parameters = list[1];
  const value: unknown = dictionaryOf(inStandardLetters(signatureHeader)).get(label)?.[0];
  if (!(value instanceof ArrayBuffer)) throw malformed();
  return {
    components,
    created: seconds(parameters.get('created')),
    expires: seconds(parameters.get('expires')),
    nonce: text(parameters.get('nonce')),
    keyid: text(parameters.get('keyid')),
    alg: text(parameters.get('alg')),
    tag: text(parameters.get('tag')),
    params: serializeInnerList(list),
    signature: new Uint8Array(value),
  };
}

/** The SHA-256 of a Content-Digest field; null where it has none that can be read. Source: RFC 9530, 2. */
export function readDigest(header: string): Uint8Array | null {
  const [, bytes = ''] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/_-]+={0,2}):\s*(?=$|[,;])/.exec(header) ?? [];
  const digest = Buffer.from(bytes, 'base64');
  return digest.length === 32 ? digest : null;
}
