/**
 * Keeps the order of acceptance among the operations of one audience that this process works on. While all goes well they are folded
 * one onto the other and settled together. Once one has to be folded again, whatever was folded onto it has to be as well: the others
 * wait until the first of them is over and then go on together, in order. Without that each of a thousand would spoil the turn of the
 * next.
 */
export interface AudienceLines {
  /** An operation begins. */
  enter(place: LinePlace): void;
  /** Resolves with true when its attempt may be made, with false when it is left for later. `isAgain`: an attempt of it failed before. */
  turn(place: LinePlace, isAgain: boolean): Promise<boolean>;
  /** One that is not worked on here comes before all of them: those that wait are left for later. */
  abandon(audienceNo: number): void;
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
  readonly waiting: Map<number, (goes: boolean) => void>;
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
      if (isClosed) return false;
      if (line.again.size === 0 || isFirst(line, opSeq)) return true;
      return new Promise<boolean>((resolve) => line.waiting.set(opSeq, resolve));
    },
    leave({ audienceNo, opSeq }) {
      const line = lineOf(audienceNo);
      line.open.delete(opSeq);
      line.again.delete(opSeq);
      release(line, true);
      if (line.open.size === 0) lines.delete(audienceNo);
    },
    abandon: (audienceNo) => release(lineOf(audienceNo), false),
    close() {
      isClosed = true;
      for (const line of lines.values()) release(line, false);
    },
  };
}

function release({ waiting }: Line, goes: boolean): void {
  const released = [...waiting].toSorted(([one], [other]) => one - other);
  waiting.clear();
  for (const [, resolve] of released) resolve(goes);
}

function isFirst({ open }: Line, opSeq: number): boolean {
  for (const other of open) if (other < opSeq) return false;
  return true;
}
