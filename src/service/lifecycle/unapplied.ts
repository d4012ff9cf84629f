/** What is said of a change that was acknowledged and cannot be carried out. */
import { faults } from '../../base/faults.ts';
import type { ItemFault } from '../api.ts';

/**
 * Attempts to apply an operation before it is parked, with pauses that grow to a minute: about five minutes in all. Faults that
 * pass by themselves, such as a full disk, cannot be counted while they last and are waited out.
 */
export const foldAttemptCountMax = 10;

/**
 * The audience misses a change that was promised, perhaps the removal of somebody who objected, so that it must not be used. Source:
 * AdCP sync_audiences, `suspended` is the seller's own taking offline.
 */
export const unappliedReason =
  'A change that was accepted could not be applied. Delete the audience and send it whole, or wait for the seller to repair it.';

/** `position`: of the audience in its call. */
export function unappliedFault(position: number): ItemFault {
  return {
    code: 'OPERATION_UNAPPLIED',
    message: faults.OPERATION_UNAPPLIED.say,
    field: `audiences[${position}]`,
    suggestion: 'Delete the audience and send it whole, or wait for the seller to repair it.',
  };
}
