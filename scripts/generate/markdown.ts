/** Markdown as the formatter writes it. */

/** A table whose columns are aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A generated page. `command`: what writes it. */
export const page = (title: string, command: string, ...paragraphs: readonly string[]): string =>
  [`# ${title}`, `<!-- Written by \`${command}\`. Do not edit. -->`, ...paragraphs].join('\n\n').concat('\n');
