import { createAdvertiser, getAdvertiser, listAdvertisers, updateAdvertiser } from './advertisers.ts';
import { listAudiences } from './audiences.ts';
import type { Route } from './route.ts';
import { syncAudiences } from './sync.ts';
import { syndicationRoutes } from './syndication.ts';
import { getTask } from './tasks.ts';

/** Where the API is served. Source: Scope3 REST, hosts and versioning. */
export const restBase = '/api/v2/buyer';

/** Everything that is served, in the order of the document. A new endpoint is a new row. */
export const routes: readonly Route[] = [
  syncAudiences,
  listAudiences,
  getTask,
  listAdvertisers,
  createAdvertiser,
  getAdvertiser,
  updateAdvertiser,
  ...syndicationRoutes,
];
