/** For tests of doors that are about something else: no limits, and a caller who may do everything. */
import type { PrincipalId } from '../../base/brand.ts';
import type { Principal } from '../../service/api.ts';
import type { RateLimits } from '../../service/rate-limit.ts';
import { scopes } from '../../service/scopes.ts';
import type { FailureBudget } from '../failure-budget.ts';

export const noFailureBudget: FailureBudget = {
  watch: async (_address, _shown, look) => look(),
  watchKey: async (_address, _shown, look) => look(),
};

export const noRateLimits: RateLimits = { take: () => undefined, giveBack: () => undefined };

export const anyCaller: Principal = {
  principalId: 'p_1' as PrincipalId,
  principalNo: 1,
  keyId: 'key_1',
  scopes,
  proof: 'key',
};
