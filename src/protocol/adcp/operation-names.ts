/** The operations of AdCP that are served, by their names on the wire. */
export const operationNames = [
  'get_adcp_capabilities',
  'list_accounts',
  'sync_accounts',
  'sync_audiences',
  'get_task_status',
  'list_tasks',
  'get_products',
  'list_creative_formats',
  'create_media_buy',
  'update_media_buy',
  'get_media_buys',
  'get_media_buy_delivery',
] as const;
export type OperationName = (typeof operationNames)[number];

/** Served in test deployments only; elsewhere it is as unknown as any other name. */
export const testOperation = 'comply_test_controller';
export type AnyOperation = OperationName | typeof testOperation;

/** Operations that need no key. Source: AdCP get_adcp_capabilities. */
export function isPublic(operation: AnyOperation): boolean {
  return operation === 'get_adcp_capabilities';
}
