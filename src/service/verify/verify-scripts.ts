/** What a verification reads. */
import { liveAudienceByNo, memberDigestOf, type AudienceRow } from '../../store/audience-rows.ts';
import { blockPieces, readBlockPiece, type BlockPieceRow } from '../../store/block-rows.ts';
import type { Script } from '../../store/script.ts';
import {
  audiencesToVerify,
  operationsWithoutMembers,
  ownerlessPieces,
  type AudienceToVerify,
  type OwnerlessPiece,
} from '../../store/verify-rows.ts';
import { createGraphScripts } from '../graph-store.ts';

export interface StoredToVerify {
  readonly row: AudienceRow;
  readonly digest: Uint8Array | null;
  /** Newest block first. */
  readonly pieces: readonly BlockPieceRow[];
  /** Accepted, waiting, and without their members. */
  readonly lostOperations: readonly number[];
}

/** Enough to see what is wrong; more of the same helps nobody. */
const lostCountMax = 10;

export type VerifyScripts = ReturnType<typeof createVerifyScripts>;

export function createVerifyScripts() {
  const { graphState, graphPieceNos, graphPiece } = createGraphScripts();
  return {
    graphState,
    graphPieceNos,
    graphPiece,

    *verifiableAudiences(page: {
      readonly afterNo: number;
      readonly countMax: number;
    }): Script<readonly AudienceToVerify[]> {
      return yield* audiencesToVerify(page.afterNo, page.countMax);
    },

    *audienceToVerify(named: {
      readonly accountNo: number;
      readonly audienceNo: number;
    }): Script<StoredToVerify | null> {
      const { accountNo, audienceNo } = named;
      const row = yield* liveAudienceByNo(accountNo, audienceNo);
      if (row === undefined) return null;
      const digest = yield* memberDigestOf(accountNo, audienceNo);
      const pieces = yield* blockPieces(accountNo, audienceNo);
      const lost = yield* operationsWithoutMembers(accountNo, audienceNo, lostCountMax);
      return { row, digest, pieces, lostOperations: lost.map(({ opSeq }) => opSeq) };
    },

    *pieceToVerify(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
      readonly blockNo: number;
      readonly pieceNo: number;
    }): Script<Uint8Array | null> {
      return yield* readBlockPiece(input.accountNo, input.audienceNo, input.blockNo, input.pieceNo);
    },

    *ownerlessPieces({ countMax }: { readonly countMax: number }): Script<readonly OwnerlessPiece[]> {
      return yield* ownerlessPieces(countMax);
    },
  };
}
