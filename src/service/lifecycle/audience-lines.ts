/**
 * Keeps the order of acceptance among the operations of one audience that this process works on. While all goes well they are folded
 * one onto the other and settled together. Once one has to be folded again, whatever was folded onto it has to be as well: the others
 * wait until the first of them is over and then go on together, in order. Without that each of a thousand would spoil the turn of the
 * next.
 */
export interface AudienceLines {
  /** An operation begins. */
  enter(place: LinePlace): void;
  /** Resolves when its attempt may be made. `isAgain`: an attempt of it failed before. */
  turn(place: LinePlace, isAgain: boolean): Promise<void>;
  /** It is over, or left for later. */
  leave(place: LinePlace): void;
  /** Nobody waits any more. */
  close(): void;
}

export interface LinePlace {
  readonly audienceNo: number;
  readonly opSeq: number;
}

interface Line {
  /** Operations that are not over. */
  readonly open: Set<number>;
  /** Of them those of which an attempt failed. */
  readonly again: Set<number>;
  readonly waiting: Map<number, () => void>;
}

export function createAudienceLines(): AudienceLines {
  const lines = new Map<number, Line>();
  let isClosed = false;
  const lineOf = (audienceNo: number): Line => {
    const known = lines.get(audienceNo);
    if (known !== undefined) return known;
    const line: Line = { open: new Set(), again: new Set(), waiting: new Map() };
    lines.set(audienceNo, line);
    return line;
  };
  return {
    enter: ({ audienceNo, opSeq }) => void lineOf(audienceNo).open.add(opSeq),
    async turn({ audienceNo, opSeq }, isAgain) {
      const line = lineOf(audienceNo);
      if (isAgain) line.again.add(opSeq);
      if (isClosed || line.again.size === 0 || isFirst(line, opSeq)) return;
      await new Promise<void>((resolve) => line.waiting.set(opSeq, resolve));
    },
    leave({ audienceNo, opSeq }) {
      const line = lineOf(audienceNo);
      line.open.delete(opSeq);
      line.again.delete(opSeq);
      const released = [...line.waiting].toSorted(([one], [other]) => one - other);
      line.waiting.clear();
      for (const [, resolve] of released) resolve();
      if (line.open.size === 0) lines.delete(audienceNo);
    },
    close() {
      isClosed = true;
      for (const { waiting } of lines.values()) for (const resolve of waiting.values()) resolve();
    },
  };
}

function isFirst({ open }: Line, opSeq: number): boolean {
  for (const other of open) if (other < opSeq) return false;
  return true;
}
