/** What the panels of dashboards show: each panel's own search, answered by a node. */
import type { Dashboard, Panel } from '../../opensearch/dashboard/model.ts';
import { type Range, type Row, rowsOf, searchOf } from '../dashboards/query.ts';

export interface Hit {
  readonly _index: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Parameters<typeof rowsOf>[1];
}

/** Asks a node for one search; indices that do not exist are empty. */
export type Search = (index: string, body: object) => Promise<Answer>;

/** What a panel shows. */
export interface Shown {
  readonly panel: Panel;
  readonly range: Range;
  /** Documents that match. */
  readonly total: number;
  /** Of all kinds but a list and a note. */
  readonly rows: readonly Row[];
  /** Of a list. */
  readonly hits: readonly Hit[];
}

export interface ShownDashboard {
  readonly dashboard: Dashboard;
  readonly rows: readonly (readonly Shown[])[];
}

export async function answered(dashboard: Dashboard, search: Search, range: Range): Promise<ShownDashboard> {
  const shown = async (panel: Panel): Promise<Shown> => {
    if (panel.kind === 'note') return { panel, range, total: 0, rows: [], hits: [] };
    const { hits, aggregations } = await search(panel.index, searchOf(panel, range));
    const total = hits.total.value;
    return panel.kind === 'list'
      ? { panel, range, total, rows: [], hits: hits.hits }
      : { panel, range, total, rows: rowsOf(panel, aggregations, total), hits: [] };
  };
  const rows: Shown[][] = [];
  for (const panels of dashboard.rows) rows.push(await Promise.all(panels.map(shown)));
  return { dashboard, rows };
}

/** A number of 0 is an answer; every other kind of panel needs documents. */
export const isEmpty = ({ panel: { kind }, rows, hits, total }: Shown): boolean => {
  if (kind === 'number' || kind === 'note') return false;
  return kind === 'list' ? hits.length === 0 : total === 0 || rows.length === 0;
};
