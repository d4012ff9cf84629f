/** R4: a write that is cut in its middle, when only the program dies, is harmless. */
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { createExaminer } from './examine.ts';
import { createDisk } from './images.ts';
import { record, type DiskEvent, type FileName } from './record.ts';

const callsPerRecording = 64;
const tearsPerReading = 25;

type Write = Extract<DiskEvent, { kind: 'write' }>;
type Files = ReadonlyMap<FileName, Buffer>;

/** Every write of the recording, or so many of them, spread evenly. */
function chosenWrites(events: readonly DiskEvent[], count: number): ReadonlySet<Write> {
  const first = events.findIndex(({ kind }) => kind === 'ack');
  const writes = events.filter((event, at): event is Write => at > first && event.kind === 'write');
  const step = Math.max(1, writes.length / count);
  const chosen = Array.from(
    { length: Math.min(count, writes.length) },
    (_, at) => writes[Math.floor(at * step)]!,
  );
  return new Set(chosen);
}

async function run({ count, say }: ProofOptions, found: (files: Files) => Files): Promise<ProofResult> {
  const broken: string[] = [];
  const torn = { 'rollcall.db': 0, 'rollcall.db-wal': 0 };
  let tried = 0;
  while (tried < count) {
    const events = await record(callsPerRecording, false);
    const chosen = chosenWrites(events, count - tried);
    const acknowledged: string[] = [];
    const disk = createDisk();
    const examiner = createExaminer();
    try {
      for (const event of events) {
        if (event.kind === 'write' && chosen.has(event)) {
          const files = found(disk.afterHalf(event));
          broken.push(...examiner.examine(files, acknowledged, tried % tearsPerReading === 0));
          torn[event.file]++;
          tried++;
        }
        if (event.kind === 'ack') acknowledged.push(event.name);
        else disk.apply(event);
      }
    } finally {
      examiner.close();
    }
    say(`${tried} torn writes, ${broken.length} broken`);
  }
  const figures = { 'of the database': torn['rollcall.db'], 'of its log': torn['rollcall.db-wal'] };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

/** The database alone, as somebody copies it who does not know of the log. */
const withoutLog = (files: Files): Files => new Map([...files].filter(([name]) => name === 'rollcall.db'));

export const tornPages: Proof = {
  name: 'torn-pages',
  promise:
    'Over a file, a program that dies in the middle of any write to the database or its log, with half of the page written, loses no acknowledged call and damages nothing.',
  unit: 'torn writes',
  shortCount: 60,
  longCount: 10_000,
  run: async (options) => run(options, (files) => files),
  planted: [
    {
      name: 'the log is not read when the database is opened',
      count: 30,
      run: async (options) => run(options, withoutLog),
    },
  ],
};
