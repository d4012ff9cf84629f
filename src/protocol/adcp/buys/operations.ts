/** The operations about media buys: arguments, service, words. */
import type { Primitives } from '../../../base/primitives.ts';
import type { JsonObject } from '../../../engine/types.ts';
import type { Generation, Principal } from '../../../service/api.ts';
import type { BuyService } from '../../../service/buys/api.ts';
import { echoableContext } from '../envelope.ts';
import { checkCallbackAddress, type RefusalOfAddress } from '../push-config.ts';
import { requestDigest } from '../request-digest.ts';
import { buysBody, outcomeBody } from './buy-bodies.ts';
import { deliveryReportBody } from './delivery-body.ts';
import { formatsBody, readListFormats } from './formats-body.ts';
import { productsBody } from './products-body.ts';
import { readController } from './read-controller.ts';
import { readDelivery, readGetBuys, readGetProducts } from './read-requests.ts';
import { readCreate, readUpdate } from './write-requests.ts';

export interface BuyOptions {
  readonly service: BuyService;
  readonly primitives: Primitives;
  readonly refusalOfAddress: RefusalOfAddress;
}

/** The parts of an invocation that these operations look at. */
export interface BuyInvocation {
  readonly args: JsonObject;
  readonly membersDigest: Uint8Array;
}

interface Answer {
  readonly body: JsonObject;
  readonly replayed: boolean;
}

type BuyHandler = (
  options: BuyOptions,
  call: BuyInvocation,
  caller: Principal,
  generation: Generation,
) => Promise<Answer>;

const fresh = (body: JsonObject): Answer => ({ body, replayed: false });

function outside(
  { primitives }: BuyOptions,
  { args, membersDigest }: BuyInvocation,
  caller: Principal,
  generation: Generation,
  operation: 'create_media_buy' | 'update_media_buy',
) {
  const readsBy30 = generation !== '3.1' || !Object.hasOwn(args, 'adcp_version');
  return {
    caller,
    generation,
    requestDigest: requestDigest(primitives, operation, args, membersDigest),
    context: echoableContext(args),
    encode: (outcome: Parameters<typeof outcomeBody>[0]) => outcomeBody(outcome, operation, readsBy30),
  };
}

/** The caller's own key comes back, as the official storyboard about idempotency wants it. */
function withKey({ body, replayed }: Answer, requestKey: string): Answer {
  return { body: { ...body, idempotency_key: requestKey }, replayed };
}

export const buyHandlers = {
  async get_products({ service, refusalOfAddress }, { args }, caller, generation) {
    const query = readGetProducts(args, generation);
    await checkCallbackAddress(query.callback, refusalOfAddress);
    return fresh(productsBody(await service.products(caller, query.account), query));
  },
  async list_creative_formats({ service }, { args }, caller) {
    const query = readListFormats(args);
    return fresh(formatsBody((await service.products(caller, undefined)).products, query));
  },
  async create_media_buy(options, call, caller, generation) {
    const read = readCreate(call.args, generation);
    await checkCallbackAddress(read.callback, options.refusalOfAddress);
    const rest = outside(options, call, caller, generation, 'create_media_buy');
    return withKey(await options.service.createBuy({ ...read, ...rest }), read.requestKey);
  },
  async update_media_buy(options, call, caller, generation) {
    const read = readUpdate(call.args, generation);
    // It is answered when it is done, so that nothing is left to notify of; what is wrong with the channel is still said.
    await checkCallbackAddress(read.callback, options.refusalOfAddress);
    const rest = outside(options, call, caller, generation, 'update_media_buy');
    return withKey(await options.service.updateBuy({ ...read, ...rest }), read.requestKey);
  },
  async get_media_buys({ service }, { args }, caller) {
    const { wantsSnapshot, ...query } = readGetBuys(args);
    return fresh(buysBody(await service.listBuys(caller, query), wantsSnapshot));
  },
  async get_media_buy_delivery({ service }, { args }, caller) {
    const { wantsDays, ...query } = readDelivery(args);
    return fresh(deliveryReportBody(await service.delivery(caller, query), wantsDays));
  },
  async comply_test_controller({ service }, { args }, caller) {
    const { isSandbox, ...call } = readController(args);
    if (!isSandbox) {
      const detail = 'account.sandbox must be true.';
      return fresh({ success: false, error: 'FORBIDDEN', error_detail: detail });
    }
    return fresh(await service.controller({ caller, ...call }));
  },
} as const satisfies Record<string, BuyHandler>;
