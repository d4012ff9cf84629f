/** Checks the stored graph piece by piece, without putting it together. */
import type { Primitives } from '../../base/primitives.ts';
import { createRunCheck } from '../../engine/identity/stored-run.ts';
import type { StoreReader } from '../../store/store.ts';
import { runsOf } from '../graph-store.ts';
import type { VerifyProblem } from './problem.ts';
import type { VerifyScripts } from './verify-scripts.ts';

/** `read` must see one state all along. */
export function verifyGraph(
  read: StoreReader<VerifyScripts>['readNow'],
  primitives: Primitives,
): { readonly pieceCount: number; readonly problems: readonly VerifyProblem[] } {
  const problems: VerifyProblem[] = [];
  let pieceCount = 0;
  const state = read('graphState', {});
  for (const runNo of state === null ? [] : runsOf(state)) {
    const check = createRunCheck(primitives);
    let fault: string | null = null;
    for (const pieceNo of read('graphPieceNos', { runNo })) {
      const bytes = read('graphPiece', { runNo, pieceNo });
      fault = bytes === null ? 'missing_piece' : check.take(bytes);
      if (fault !== null) fault = `${fault}, at piece ${pieceNo}`;
      if (fault !== null) break;
      pieceCount += 1;
    }
    fault ??= check.end();
    if (fault !== null)
      problems.push({ audience: null, blockNo: null, says: `The graph’s run ${runNo} is damaged: ${fault}` });
  }
  return { pieceCount, problems };
}
