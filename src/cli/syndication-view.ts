import type { SalesAgent, Syndication } from '../service/syndication/api.ts';
import { count } from './table.ts';

/** A seller as `--json` prints it. The names are a promise to scripts. */
export function sellerJson(agent: SalesAgent): object {
  const { agentId, name, url, protocol, remoteAccountId, hasCredential } = agent;
  return {
    seller_id: agentId,
    name,
    url,
    protocol,
    remote_account: remoteAccountId,
    has_credential: hasCredential,
  };
}

export const sellerColumns = [
  { title: 'seller' },
  { title: 'name' },
  { title: 'protocol' },
  { title: 'url' },
  { title: 'remote account' },
  { title: 'credential' },
] as const;

export function sellerRow(agent: SalesAgent): readonly string[] {
  const { agentId, name, protocol, url, remoteAccountId, hasCredential } = agent;
  return [agentId, name, protocol, url, remoteAccountId, hasCredential ? 'yes' : 'no'];
}

export function syndicationJson(one: Syndication): object {
  return {
    syndication_id: one.syndicationId,
    audience_id: one.audienceId,
    seller_id: one.agentId,
    enabled: one.enabled,
    status: one.status,
    error: one.error,
    response: one.response,
    completed_at: one.completedAtMs === null ? null : new Date(one.completedAtMs).toISOString(),
  };
}

export const syndicationColumns = [
  { title: 'audience' },
  { title: 'seller' },
  { title: 'status' },
  { title: 'members', align: 'right' },
  { title: 'matched', align: 'right' },
  { title: 'note' },
] as const;

export function syndicationRow(one: Syndication): readonly string[] {
  const said = (one.response ?? {}) as { readonly [name: string]: unknown };
  const number = (name: string): string => (typeof said[name] === 'number' ? count(said[name]) : '');
  const word = said['status'] ?? said['action'];
  const note = one.error ?? (typeof word === 'string' ? word : '');
  return [
    one.audienceId,
    one.agentId,
    one.status,
    number('total_uploaded_count'),
    number('matched_count'),
    note,
  ];
}
