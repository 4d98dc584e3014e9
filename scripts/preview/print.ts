/** Sinks that print or count what they would send. */
import type { Batch, Sink, SinkName } from '../../shared/model.ts';
import { Text } from '../../shared/text/text.ts';

/** A sink that prints its requests, in their order, instead of sending them. */
export function printing(sink: Sink): Sink {
  const view = views[sink.name];
  const text = new Text(sink.maxBytes);
  let printed = Promise.resolve();

  async function print(batch: Batch): Promise<void> {
    text.length = 0;
    for (let at = 0; at < batch.count; at++) view(batch.slice(at), text);
    // `text` is reused after the write
    await new Promise<void>((resolve) => process.stdout.write(text.slice(), () => resolve()));
  }

  return {
    ...sink,
    append: sink.append.bind(sink),
    async send(batch) {
      printed = printed.then(() => print(batch));
      await printed;
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}

/** A sink that only counts. */
export const counting = (sink: Sink): Sink => ({
  ...sink,
  append: sink.append.bind(sink),
  send: async ({ count }) => ({ accepted: count, retry: [], rejected: [] }),
});

const views: Readonly<Record<SinkName, (record: Uint8Array, to: Text) => void>> = {
  opensearch: document,
  splunk: (record, to) => to.append(record),
  archive: (record, to) => to.append(record),
};

const CREATE = '{"create":'.length;

/** In: one or two pairs of lines, an action and its document: see shared/sink/opensearch/sink.ts. */
function document(record: Uint8Array, to: Text): void {
  const action = record.indexOf(NEWLINE);
  const source = record.indexOf(NEWLINE, action + 1);
  to.append(record.subarray(CREATE, action - 2)); // without its closing braces
  if (source + 1 < record.length) current(record.subarray(source + 1), to);
  to.string(',"_source":');
  to.append(record.subarray(action + 1, source));
  to.string('}\n');
}

const NEWLINE = 10;

function current(update: Uint8Array, to: Text): void {
  const { index } = JSON.parse(Buffer.from(update.subarray(0, update.indexOf(NEWLINE))).toString());
  to.string(`,"_current":${JSON.stringify({ _index: index._index, _id: index._id, _version: index.version })}`);
}
