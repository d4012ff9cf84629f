/** AdCP's own vectors for signed requests, as its SDK ships them, against the gate that stands before every door. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

import { AppError } from '../../src/base/faults.ts';
import type { JsonObject } from '../../src/engine/types.ts';
import { createKeyedHash } from '../../src/service/keyed-hash.ts';
import type { NonceUse, SignerKeyFacts, SignerService } from '../../src/service/signers/api.ts';
import { createSignerScripts } from '../../src/service/signers/signer-scripts.ts';
import { openMemoryStore } from '../../src/store/testing/memory-store.ts';
import type { RequestHead } from '../../src/protocol/endpoint.ts';
import { anyCaller, noFailureBudget } from '../../src/protocol/testing/unlimited.ts';
import { faultHeaders } from '../../src/protocol/http-status.ts';
import { callerOf, unsignedRefusal } from '../../src/protocol/auth/caller.ts';
import { canonicalTarget } from '../../src/protocol/auth/signature/canonical.ts';
import type { DigestPolicy } from '../../src/protocol/auth/signature/check-head.ts';
import { createSignatureGate } from '../../src/protocol/auth/signature/gate.ts';

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@adcp/sdk/package.json')),
  'compliance/cache/3.0.6/test-vectors/request-signing',
);
const read = <T>(path: string): T => JSON.parse(readFileSync(join(folder, path), 'utf8')) as T;

type Jwk = JsonObject & { readonly kid: string };

interface Vector {
  readonly name: string;
  readonly reference_now: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly verifier_capability: {
    readonly covers_content_digest: DigestPolicy;
    readonly required_for: readonly string[];
  };
  readonly jwks_ref?: readonly string[];
  readonly jwks_override?: { readonly keys: readonly Jwk[] };
  readonly test_harness_state?: {
    readonly replay_cache_entries?: readonly { readonly keyid: string; readonly nonce: string }[];
    readonly revocation_list?: { readonly revoked_kids: readonly string[] };
    readonly replay_cache_per_keyid_cap_hit?: { readonly keyid: string };
  };
  readonly expected_outcome: { readonly success: boolean; readonly error_code?: string };
}

const { keys } = read<{ readonly keys: readonly Jwk[] }>('keys.json');

/** Keys as a vector names them, and nonces in the program's own tables. */
function signersOf({ jwks_ref: refs = [], jwks_override: override, test_harness_state: state }: Vector): {
  readonly signers: SignerService;
  readonly use: (use: NonceUse, nowMs: number) => Promise<unknown>;
} {
  const store = openMemoryStore(createSignerScripts());
  const known = override?.keys ?? keys.filter(({ kid }) => refs.includes(kid));
  const revoked = state?.revocation_list?.revoked_kids ?? [];
  const cap = state?.replay_cache_per_keyid_cap_hit === undefined ? 1_000 : 1;
  const hash = createKeyedHash(new Uint8Array(32));
  const hashes = ({ keyid, scope, nonce }: NonceUse) => ({
    nonceHash: hash(JSON.stringify([keyid, scope, nonce])),
    keyidHash: hash(keyid),
  });
  let now = 0;
  return {
    use: async (use, nowMs) => {
      now = nowMs;
      return store.write('useNonce', {
        ...hashes(use),
        replayCap: cap,
        nowMs,
        expiresAtMs: nowMs + 360_000,
      });
    },
    signers: {
      changed: () => undefined,
      resolve: async (keyid): Promise<SignerKeyFacts | null> => {
        const jwk = known.find(({ kid }) => kid === keyid);
        if (jwk === undefined) return null;
        const principal = {
          ...anyCaller,
          keyId: keyid,
          proof: 'signed' as const,
        };
        return { keyid, jwk, isRevoked: revoked.includes(keyid), replayCap: cap, principal };
      },
      nonceState: async (use, replayCap) =>
        store.read('nonceState', { ...hashes(use), replayCap, nowMs: now }),
      useNonce: async (use, replayCap, expiresAtMs) =>
        store.write('useNonce', { ...hashes(use), replayCap, expiresAtMs, nowMs: now }),
    },
  };
}

/** The request as our server would see it: what is not in the address line is in the headers. */
function headOf({ request }: Vector): RequestHead & { readonly scheme: 'http' | 'https' } {
  const [, scheme = '', host = '', target = ''] = /^(https?):\/\/([^/]*)(.*)$/.exec(request.url) ?? [];
  const [path = '', ...query] = target.split('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const length = String(Buffer.byteLength(request.body ?? ''));
  return {
    ...{ method: request.method, path, query: query.join('?'), target },
    headers: { ...headers, host, 'content-length': length },
    address: '127.0.0.1',
    scheme: scheme as 'http' | 'https',
  };
}

/** 'accepted', or the code that the challenge names. */
async function outcomeOf(vector: Vector): Promise<string> {
  const nowMs = vector.reference_now * 1_000;
  const { signers, use } = signersOf(vector);
  const { scheme, ...head } = headOf(vector);
  const { targetUri: scope } = canonicalTarget(vector.request.url) ?? { targetUri: '' };
  const { replay_cache_entries: seen = [], replay_cache_per_keyid_cap_hit: full } =
    vector.test_harness_state ?? {};
  for (const { keyid, nonce } of seen) await use({ keyid, scope, nonce }, nowMs);
  if (full !== undefined) await use({ keyid: full.keyid, scope, nonce: 'another' }, nowMs);
  else await use({ keyid: 'none', scope, nonce: 'none' }, nowMs);
  const gate = createSignatureGate({
    ...{ signers, scheme, requiredFor: vector.verifier_capability.required_for },
    digestPolicy: vector.verifier_capability.covers_content_digest,
    clock: { now: () => nowMs, monotonic: () => 0 },
  });
  const service = { authenticate: () => Promise.reject(new AppError('AUTH_INVALID')) };
  const caller = await callerOf({ service, signatures: gate, failures: noFailureBudget }, head);
  const operation = head.path.split('/').at(-1) ?? '';
  const args = JSON.parse(vector.request.body ?? '{}') as JsonObject;
  const digest = createHash('sha256')
    .update(vector.request.body ?? '')
    .digest();
  const refused =
    unsignedRefusal(caller, gate, operation, args) ??
    (caller.known ? ((await caller.seal?.check(digest)) ?? null) : caller.fault);
  if (refused === null) return 'accepted';
  return (
    /^Signature error="(\w+)"$/.exec(faultHeaders(refused)['www-authenticate'] ?? '')?.[1] ?? refused.code
  );
}

for (const kind of ['positive', 'negative'] as const) {
  describe(`${kind} vectors of AdCP 3.0.6`, () => {
    const names = readdirSync(join(folder, kind));
    assert.ok(names.length >= 12, 'the vectors were found');
    for (const name of names) {
      test(name, async () => {
        const vector = read<Vector>(`${kind}/${name}`);
        const { success, error_code: code } = vector.expected_outcome;
        assert.equal(await outcomeOf(vector), success ? 'accepted' : code);
      });
    }
  });
}

describe('both ways to write the bytes', () => {
  const base = read<Vector>('positive/002-post-with-content-digest.json');
  const written = (change: (value: string) => string): Vector => {
    const headers = { ...base.request.headers };
    for (const name of ['Signature', 'Content-Digest'])
      headers[name] = change(headers[name] ?? assert.fail(name));
    return { ...base, request: { ...base.request, headers } };
  };
  const inColons = (value: string, change: (bytes: string) => string): string =>
    value.replace(/:(.*):/, (_, bytes: string) => `:${change(bytes)}:`);

  test('padded Base64 of RFC 8941 is as good as base64url without padding', async () => {
    const padded = (bytes: string): string => Buffer.from(bytes, 'base64url').toString('base64');
    const { headers } = base.request;
    const signature = {
      ...base.request,
      headers: { ...headers, Signature: inColons(headers['Signature']!, padded) },
    };
    assert.equal(await outcomeOf({ ...base, request: signature }), 'accepted');
  });

  test('a mixture of both is neither', async () => {
    const mixed = written((value) => inColons(value, (bytes) => `${bytes.slice(0, -4)}-_+/`));
    assert.equal(await outcomeOf(mixed), 'request_signature_header_malformed');
  });
});

describe('canonical addresses of AdCP 3.0.6', () => {
  const { cases } = read<{
    readonly cases: readonly {
      readonly name: string;
      readonly input_url: string;
      readonly expected_target_uri?: string;
      readonly expected_authority?: string;
      readonly reject?: boolean;
    }[];
  }>('canonicalization.json');
  assert.ok(cases.length >= 30, 'the cases were found');
  for (const one of cases) {
    test(one.name, () => {
      const found = canonicalTarget(one.input_url);
      if (one.reject === true) assert.equal(found, null);
      else
        assert.deepEqual(
          [found?.targetUri, found?.authority],
          [one.expected_target_uri, one.expected_authority],
        );
    });
  }
});
