/**
 * Whether a spilled object may be sent now. Two leases decide: that of its destination and source, which an outage closes, and
 * that of its index, which the refusal by one index closes. So a blocked index holds up no other index of its source.
 */
import type { Delivery } from '../../shared/model.ts';
import type { Lease, Turn } from './lease.ts';

export interface Gate {
  /** Whether it is worth preparing to send. */
  take(): Promise<Turn>;
  /** Reports the result of a send. Returns how long records that are still open should wait, in milliseconds. */
  settle(delivery: Pick<Delivery, 'accepted' | 'retry' | 'perIndex' | 'unconfirmed'>): Promise<number>;
}

const CLOSED: Turn = { kind: 'closed' };
const SOON_MS = 5_000;

/** `outage`: the caller has called its `look`. `own`: the lease of the index; absent for destinations without indices. */
export function gate(outage: Lease, own: Lease | undefined): Gate {
  let [turn, ownTurn] = [CLOSED, CLOSED];

  async function takeOwn(): Promise<Turn> {
    if (own === undefined) return CLOSED;
    const look = await own.look();
    return look.kind === 'open' ? look : await own.take();
  }

  /** Reports to the lease of the index only if it was half-open, or if the index refused the records. */
  async function settleOwn(isRefused: boolean, isAccepted: boolean): Promise<number> {
    if (own === undefined) return 0;
    if (isRefused || (ownTurn.kind === 'half-open' && !isAccepted)) return await own.onFailure(ownTurn);
    await own.onSuccess(ownTurn);
    return 0;
  }

  return {
    async take() {
      ownTurn = await takeOwn();
      if (ownTurn.kind === 'open') return ownTurn;
      turn = await outage.take();
      if (turn.kind === 'open') await settleOwn(false, false); // this probe was not sent: release the lease for others
      return turn;
    },
    async settle({ accepted, retry, perIndex = false, unconfirmed = false }) {
      const isOpen = retry.length > 0;
      const isDown = isOpen && !perIndex;
      const isAccepted = accepted > 0 || !isOpen;
      const ownMs = await settleOwn(isOpen && perIndex && accepted === 0, isAccepted);
      if (isDown) return await outage.onFailure(turn, unconfirmed);
      await outage.onSuccess(turn);
      return Math.max(ownMs, SOON_MS);
    },
  };
}
