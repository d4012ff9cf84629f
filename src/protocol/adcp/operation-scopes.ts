import type { JsonObject } from '../../engine/types.ts';
import type { Scope } from '../../service/scopes.ts';
import type { AnyOperation } from './operation-names.ts';

/** What a key must be allowed to do for an operation. A new operation does not compile without its row. */
const table: Record<AnyOperation, (args: JsonObject) => readonly Scope[]> = {
  get_adcp_capabilities: () => [],
  list_accounts: () => ['audiences:read'],
  sync_accounts: (args) => ['audiences:write', ...webhooksIn(args)],
  // Without a list of audiences it changes nothing.
  sync_audiences: (args) => [
    args['audiences'] === undefined ? 'audiences:read' : 'audiences:write',
    ...webhooksIn(args),
  ],
  get_task_status: () => ['audiences:read'],
  list_tasks: () => ['audiences:read'],
  // A buy leans on audiences, and who may change those may say what they are for.
  get_products: (args) => ['audiences:read', ...webhooksIn(args)],
  list_creative_formats: () => ['audiences:read'],
  create_media_buy: (args) => ['audiences:write', ...webhooksIn(args)],
  update_media_buy: (args) => ['audiences:write', ...webhooksIn(args)],
  get_media_buys: () => ['audiences:read'],
  get_media_buy_delivery: () => ['audiences:read'],
  comply_test_controller: () => ['audiences:write'],
};

function webhooksIn(args: JsonObject): readonly Scope[] {
  return args['push_notification_config'] === undefined ? [] : ['webhooks'];
}

export function scopesOf(operation: AnyOperation, args: JsonObject): readonly Scope[] {
  return table[operation](args);
}
