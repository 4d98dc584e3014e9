/** docs/dashboards.md shows every dashboard, in light and dark, in files that are not large. */
import { readFileSync, statSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dashboards } from '../../opensearch/dashboard/index.ts';

const docs = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('dashboards.md', docs), 'utf8');
const MOST_BYTES = 150_000;

test.each(dashboards.map((each) => [each.id, each] as const))(
  '%s is there with its purpose',
  (id, { title, purpose }) => {
    expect(page).toContain(`## ${title}\n\n${purpose}\n`);
    for (const scheme of ['light', 'dark']) {
      const name = `img/dashboards/${id}-${scheme}.png`;
      expect(page).toContain(`](${name})`);
      expect(statSync(new URL(name, docs)).size).toBeLessThan(MOST_BYTES);
    }
  },
);
