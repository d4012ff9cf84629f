import type { SignerView } from '../service/signers/signer-scripts.ts';

export const signerColumns = [
  { title: 'signer' },
  { title: 'name' },
  { title: 'must show' },
  { title: 'keys' },
] as const;

const proofWords = { key: 'API key', signed: 'signature', both: 'both' } as const;

export function signerRow({
  signerId,
  name,
  proof,
  jwksUrl,
  keyids,
  revoked,
}: SignerView): readonly string[] {
  const gone = new Set(revoked);
  const shown = keyids.map((keyid) => (gone.has(keyid) ? `${keyid} (revoked)` : keyid));
  return [signerId, name, proofWords[proof], jwksUrl ?? shown.join(' ')];
}

export function signerJson(view: SignerView): object {
  return {
    signer_id: view.signerId,
    name: view.name,
    proof: view.proof,
    jwks_url: view.jwksUrl,
    keyids: view.keyids,
    revoked: view.revoked,
    created_at: new Date(view.createdAtMs).toISOString(),
  };
}
