/**
 * Whether a spilled object may be sent now. Two leases decide: that of its destination and source, which an outage closes, and
 * that of its index, which the refusal by one index closes. So a blocked index holds up no other index of its source.
 */
import type { Delivery } from '../../shared/model.ts';
import type { Lease, Turn } from './lease.ts';

export interface Gate {
  /** Whether it is worth preparing to send. */
  take(): Promise<Turn>;
  /** Reports what became of the records. Gives the milliseconds that those wait which are still open. */
  settle(delivery: Pick<Delivery, 'accepted' | 'retry' | 'perIndex' | 'unconfirmed'>): Promise<number>;
}

const CLOSED: Turn = { kind: 'closed' };
const SOON_MS = 5_000;

/** `outage`: somebody has looked at it already. `own`: of the index; absent where the destination has none. */
export function gate(outage: Lease, own: Lease | undefined): Gate {
  let [turn, ownTurn] = [CLOSED, CLOSED];

  async function takeOwn(): Promise<Turn> {
    if (own === undefined) return CLOSED;
    const look = await own.look();
    return look.kind === 'open' ? look : await own.take();
  }

  /** The index's own lease is reported only where it was on probation, or where the index is to blame. */
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
      if (turn.kind === 'open') await settleOwn(false, false); // so that nobody waits for this probe
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
