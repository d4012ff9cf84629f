/** Names of fields in AdCP's spelling, as they stand in faults of the service, and what this API calls them. */
const words: Readonly<Record<string, string>> = {
  external_id: 'externalId',
  hashed_email: 'hashedEmail',
  hashed_phone: 'hashedPhone',
  audience_id: 'audienceId',
  consent_basis: 'consentBasis',
  delete_missing: 'deleteMissing',
  task_id: 'taskId',
  account_id: 'accountId',
  idempotency_key: 'Idempotency-Key',
};

/** A sentence or a path in the words of this API. Neither holds a value of the caller, so nothing else is touched. */
export function inRestWords(text: string): string {
  return text.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) =>
    Object.hasOwn(words, word) ? (words[word] ?? word) : word,
  );
}

/** `accepted_values` → `acceptedValues`: names of details are ours, in snake case. */
export function camelName(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
