import { AppError } from '../base/faults.ts';

/** Readers hold an old state for milliseconds, a background checkpoint for a second. */
const attemptCountMax = 100;
const waitMs = 100;

/** Requests to the writer to move its log into the database and to cut it. */
export interface Erasures {
  /** Resolves when it was done, and refuses when somebody does not let go of an old state for ten seconds. */
  run(isOpen: () => boolean): Promise<void>;
  settle(id: number, done: boolean): void;
  /** The writer will not answer any more. */
  abandon(): void;
}

export function createErasures(ask: (id: number) => void): Erasures {
  const waiting = new Map<number, (done: boolean) => void>();
  let lastId = 0;
  const once = async (): Promise<boolean> =>
    new Promise<boolean>((resolve) => {
      waiting.set(++lastId, resolve);
      ask(lastId);
    });
  return {
    async run(isOpen) {
      for (let attempt = 0; attempt < attemptCountMax && isOpen(); attempt++) {
        if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        if (await once()) return;
      }
      const say = 'The files are in use and could not be cleaned; ask again.';
      throw new AppError('SERVICE_UNAVAILABLE', say);
    },
    settle(id, done) {
      waiting.get(id)?.(done);
      waiting.delete(id);
    },
    abandon() {
      for (const settle of waiting.values()) settle(false);
      waiting.clear();
    },
  };
}
