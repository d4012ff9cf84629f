/** Contract section 4 as sets and maps: the slow, obvious answer that the server must give. */

export interface ModelMember {
  readonly external_id?: string;
  readonly hashed_email?: string;
  readonly hashed_phone?: string;
}
export interface ModelEntry {
  readonly audience_id: string;
  readonly name?: string;
  readonly delete?: boolean;
  readonly add?: readonly ModelMember[];
  readonly remove?: readonly ModelMember[];
}
export interface ModelCall {
  readonly audiences?: readonly ModelEntry[];
  readonly delete_missing?: boolean;
}

export interface ModelResult {
  readonly audience_id: string;
  readonly action: string;
  readonly status?: string;
  readonly uploaded_count?: number;
  readonly total_uploaded_count?: number;
  readonly matched_count?: number;
}

type Identifiers = ReadonlySet<string>;

interface ModelAudience {
  members: Map<string, Identifiers>;
  name: string | undefined;
}

export class SyncModel {
  readonly known: ReadonlySet<string>;
  readonly minimumSize: number;
  readonly live = new Map<string, ModelAudience>();
  readonly everExisted = new Set<string>();

  /** `known`: identifiers (`hashed_email:…`) that name a user of the seller. */
  constructor(known: ReadonlySet<string>, minimumSize: number) {
    this.known = known;
    this.minimumSize = minimumSize;
  }

  /** Null: refused whole, nothing changed. */
  call({ audiences, delete_missing: deleteMissing = false }: ModelCall): ModelResult[] | null {
    if (audiences === undefined) return deleteMissing ? null : this.#others(new Set());
    if (audiences.length === 0 && !deleteMissing) return null;
    const named = new Set(audiences.map(({ audience_id: id }) => id));
    if (named.size < audiences.length) return null;
    const before = [...this.live.keys()];
    const results = audiences.map((entry) => this.#entry(entry));
    const missing = deleteMissing ? before.filter((id) => !named.has(id)) : [];
    for (const id of missing) this.live.delete(id);
    return [
      ...results,
      ...missing.map((id) => ({ audience_id: id, action: 'deleted' })),
      ...this.#others(new Set([...named, ...missing])),
    ];
  }

  #others(named: ReadonlySet<string>): ModelResult[] {
    return [...this.live]
      .filter(([id]) => !named.has(id))
      .map(([id, audience]) => ({ ...this.#describe(id, audience), action: 'unchanged', uploaded_count: 0 }));
  }

  #entry(entry: ModelEntry): ModelResult {
    const { audience_id: id, add = [], remove = [] } = entry;
    const known = this.live.get(id);
    if (entry.delete === true) {
      this.live.delete(id);
      return { audience_id: id, action: this.everExisted.has(id) ? 'deleted' : 'failed' };
    }
    if ([...add, ...remove].some((member) => isBad(member, add.includes(member)))) {
      return { audience_id: id, action: 'failed' };
    }
    if (known === undefined && entry.remove !== undefined && entry.add === undefined) {
      return { audience_id: id, action: 'failed' };
    }
    const audience = known ?? { members: new Map<string, Identifiers>(), name: undefined };
    const before = snapshot(audience);
    audience.name = entry.name ?? audience.name;
    apply(audience, add, remove);
    this.live.set(id, audience);
    this.everExisted.add(id);
    const changed = snapshot(audience) !== before;
    const action = known === undefined ? 'created' : changed ? 'updated' : 'unchanged';
    return { ...this.#describe(id, audience), action, uploaded_count: add.length };
  }

  #describe(id: string, { members }: ModelAudience): Omit<ModelResult, 'action'> {
    const matched = [...members.values()].filter((held) =>
      [...held].some((one) => this.known.has(one)),
    ).length;
    const isReady = matched >= this.minimumSize;
    return {
      audience_id: id,
      status: isReady ? 'ready' : 'too_small',
      total_uploaded_count: members.size,
      ...(isReady ? { matched_count: matched } : {}),
    };
  }
}

/** Rule 9, as far as the generated members can break it. */
function isBad(member: ModelMember, isAdd: boolean): boolean {
  const identifiers = identifiersOf(member);
  if (
    [member.hashed_email, member.hashed_phone].some(
      (hash) => hash !== undefined && !/^[0-9a-f]{64}$/.test(hash),
    )
  ) {
    return true;
  }
  if (isAdd) return member.external_id === undefined || identifiers.length === 0;
  return member.external_id === undefined && identifiers.length === 0;
}

function identifiersOf(member: ModelMember): string[] {
  const held = [
    ['hashed_email', member.hashed_email],
    ['hashed_phone', member.hashed_phone],
  ] as const;
  return held.filter(([, hash]) => hash !== undefined).map(([type, hash]) => `${type}:${hash}`);
}

/** Rules 1, 2 and 3: removals act on what was there, then the additions that no removal names. */
function apply(
  { members }: ModelAudience,
  add: readonly ModelMember[],
  remove: readonly ModelMember[],
): void {
  const gone = new Set<string>();
  for (const entry of remove) {
    const { external_id: id } = entry;
    if (id !== undefined && members.has(id)) gone.add(id);
    else {
      const named = new Set(identifiersOf(entry));
      for (const [member, held] of members) if ([...held].some((one) => named.has(one))) gone.add(member);
    }
  }
  for (const id of gone) members.delete(id);
  const struckIds = new Set(remove.map(({ external_id: id }) => id));
  const struckIdentifiers = new Set(remove.flatMap(identifiersOf));
  const upserts = new Map(add.map((member) => [member.external_id ?? '', identifiersOf(member)]));
  for (const [id, identifiers] of upserts) {
    const left = identifiers.filter((one) => !struckIdentifiers.has(one));
    if (!struckIds.has(id) && left.length > 0) members.set(id, new Set(left));
  }
}

function snapshot({ members, name }: ModelAudience): string {
  const rows = [...members].map(([id, held]) => `${id}=${[...held].toSorted().join('+')}`);
  return `${name ?? ''}|${rows.toSorted().join(';')}`;
}
