import type { BuyService } from '../../service/buys/api.ts';

/** The service, with decisions told to look again after what changes a buy. */
export function wakeAfter<S extends BuyService>(service: S, wake: () => void): S {
  const after = async <T>(work: Promise<T>): Promise<T> => work.finally(wake);
  return {
    ...service,
    createBuy: async (call) => after(service.createBuy(call)),
    updateBuy: async (call) => after(service.updateBuy(call)),
    controller: async (call) => after(service.controller(call)),
  };
}
