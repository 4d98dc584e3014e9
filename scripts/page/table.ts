/** Tables and lists of documents as HTML. */
import type { Shown } from './answers.ts';
import { cellText, escaped, timeText, valueText } from './text.ts';

const ROWS = 10;
const WIDE = /^(message|rule\.name|url\.|error\.message|user_agent)/;

interface Cell {
  readonly text: string;
  readonly isNumber?: boolean;
  readonly isTime?: boolean;
  /** Text of more than a few words. */
  readonly isWide?: boolean;
}

const classOf = ({ isNumber, isWide }: Cell): string => (isNumber ? ' class="n"' : isWide ? ' class="wide"' : '');

interface Content {
  readonly head: readonly Cell[];
  readonly body: readonly (readonly Cell[])[];
  readonly more: string;
  /** Pixels of all columns. */
  readonly width: number;
}

const NUMBER = 98;
const TIME = 150;

/** Pixels of each column: numbers and times have what they need, texts share the rest. */
function widths(head: readonly Cell[], width: number): readonly number[] {
  const fixed = ({ isNumber, isTime }: Cell) => (isTime ? TIME : isNumber ? NUMBER : 0);
  const weight = ({ isWide }: Cell) => (isWide ? 2.4 : 1);
  const texts = head.filter((each) => fixed(each) === 0);
  const rest = width - head.reduce((sum, each) => sum + fixed(each), 0);
  const unit =
    rest /
    Math.max(
      1,
      texts.reduce((sum, each) => sum + weight(each), 0),
    );
  return head.map((each) => fixed(each) || Math.floor(unit * weight(each)));
}

function html({ head, body, more, width }: Content): string {
  const cell = (tag: 'th' | 'td') => (each: Cell) =>
    `<${tag}${classOf(each)} title="${escaped(each.text)}">${escaped(each.text)}</${tag}>`;
  const rows = body.map((cells) => `<tr>${cells.map(cell('td')).join('')}</tr>`).join('');
  const rest = more === '' ? '' : `<p class="more">${escaped(more)}</p>`;
  const columns = widths(head, width).map((each) => `<col style="width:${each}px">`);
  return `<table><colgroup>${columns.join('')}</colgroup><thead><tr>${head.map(cell('th')).join('')}</tr></thead><tbody>${rows}</tbody></table>${rest}`;
}

/** A column for each bucket and each metric. */
export function table({ panel, rows }: Shown, width: number): string {
  const head = [
    ...panel.buckets.map((bucket) => ({
      text: bucket.label,
      isWide: bucket.agg === 'terms' && WIDE.test(bucket.field),
    })),
    ...panel.metrics.map(({ label, field }) => ({ text: label, isNumber: true, isTime: field === '@timestamp' })),
  ];
  const body = rows
    .slice(0, ROWS)
    .map(({ keys, values }) => [
      ...keys.map((key) => ({ text: typeof key === 'number' && key > 1e12 ? timeText(key) : String(key) })),
      ...values.map((value, at) => ({ text: valueText(value, panel.metrics[at].field), isNumber: true })),
    ]);
  const more = rows.length > ROWS ? `${rows.length - ROWS} more rows` : '';
  return html({ head, body, more, width });
}

/** The newest documents, a column for each field. */
export function list({ panel, hits, total }: Shown, width: number): string {
  const columns = ['@timestamp', ...panel.columns];
  const body = hits.map(({ _source }) =>
    columns.map((column) => ({ text: cellText(_source, column), isWide: WIDE.test(column) })),
  );
  const head = columns.map((text) => ({
    isWide: WIDE.test(text),
    isTime: text === '@timestamp',
    text: text === '@timestamp' ? 'Time (UTC)' : text,
  }));
  const more = total > hits.length ? `${(total - hits.length).toLocaleString('en')} more documents` : '';
  return html({ head, body, more, width });
}
