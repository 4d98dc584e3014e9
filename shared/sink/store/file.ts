/** A dry run: what another sink would send is appended to a file. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sink } from '../../model.ts';

/** Same bytes as `sink`'s requests, one record after another; everything counts as accepted. */
export function file(sink: Sink, path: string): Sink {
  return {
    name: sink.name,
    maxBytes: sink.maxBytes,
    append: sink.append.bind(sink),
    async send(batch) {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, batch.text.slice());
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}
