/** A request body in the making: bytes, and where each record starts in them and stood in its source. */
import { Text } from './text.ts';

/** Consecutive records of one body of one item. */
interface Run {
  readonly first: number;
  readonly item: number;
  readonly uri: string;
}

export interface Place {
  readonly item: number;
  readonly uri: string;
  readonly seq: number;
}

export class Batch {
  readonly text: Text;
  count = 0;
  #starts = new Uint32Array(1024);
  #seqs = new Float64Array(1024);
  #runs: Run[] = [];

  constructor(capacity: number) {
    this.text = new Text(capacity);
  }

  get bytes(): number {
    return this.text.length;
  }

  /** Bytes that it holds without growing. */
  get capacity(): number {
    return this.text.bytes.length;
  }

  /** The next record starts here. `item`: the caller's number of the item that it came with. */
  begin(item: number, uri: string, seq: number): void {
    const run = this.#runs.at(-1);
    if (run === undefined || run.item !== item || run.uri !== uri) this.#runs.push({ first: this.count, item, uri });
    if (this.count === this.#starts.length) {
      const starts = new Uint32Array(this.count * 2);
      starts.set(this.#starts);
      this.#starts = starts;
      const seqs = new Float64Array(this.count * 2);
      seqs.set(this.#seqs);
      this.#seqs = seqs;
    }
    this.#starts[this.count] = this.text.length;
    this.#seqs[this.count++] = seq;
  }

  /** The bytes of one record, a view. */
  slice(at: number): Uint8Array {
    return this.text.slice(this.#starts[at], at + 1 < this.count ? this.#starts[at + 1] : this.text.length);
  }

  place(at: number): Place {
    let low = 0;
    for (let high = this.#runs.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (this.#runs[middle].first <= at) low = middle;
      else high = middle - 1;
    }
    const { item, uri } = this.#runs[low];
    return { item, uri, seq: this.#seqs[at] };
  }

  /** Some of the records, in this order, as a batch of their own. */
  pick(numbers: readonly number[]): Batch {
    let bytes = 0;
    for (const at of numbers) bytes += this.slice(at).length;
    const batch = new Batch(bytes);
    for (const at of numbers) {
      const { item, uri, seq } = this.place(at);
      batch.begin(item, uri, seq);
      batch.text.append(this.slice(at));
    }
    return batch;
  }

  /** Takes the last record out and appends it to another batch. */
  moveLast(to: Batch): void {
    const at = this.count - 1;
    const { item, uri, seq } = this.place(at);
    to.begin(item, uri, seq);
    to.text.append(this.slice(at));
    this.text.length = this.#starts[at];
    this.count = at;
    if (this.#runs.at(-1)!.first === at) this.#runs.pop();
  }

  /** How many records each item has in here. */
  tally(): Map<number, number> {
    const counts = new Map<number, number>();
    this.#runs.forEach(({ first, item }, i) => {
      const end = this.#runs[i + 1]?.first ?? this.count;
      counts.set(item, (counts.get(item) ?? 0) + end - first);
    });
    return counts;
  }

  clear(): void {
    this.text.length = 0;
    this.count = 0;
    this.#runs = [];
  }
}
