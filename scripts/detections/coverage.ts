/** Which techniques of MITRE ATT&CK detections are for: as data and as a picture. */
import type { Kept } from './load.ts';
import { MATRIX, TACTICS } from './matrix.ts';
import { rulesOf } from './proof/proof.ts';
import { placeOf } from './resolve.ts';

export interface Covered {
  readonly tactic: string;
  readonly techniques: readonly { readonly id: string; readonly name: string; readonly count: number }[];
}

/** By tactic, in the order of an attack; a detection of two tactics counts in both. */
export function coverageOf(kept: readonly Kept[]): readonly Covered[] {
  return TACTICS.map((tactic) => {
    const counts = new Map<string, number>();
    for (const { detection } of kept) {
      if (!detection.tactics.includes(tactic)) continue;
      for (const id of detection.techniques) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const techniques = [...counts].sort().map(([id, count]) => ({ id, name: MATRIX[id], count }));
    return { tactic, techniques };
  });
}

/** Sources that a detection needs. */
export const sourcesOf = ({ detection }: Kept): readonly string[] => [
  ...new Set(rulesOf(detection).map(({ logsource }) => placeOf(logsource).source)),
];

const WIDTH = 168;
const HEIGHT = 34;
const GAP = 4;

/** A column for each tactic, a box for each technique; the darker, the more detections. */
export function pictureOf(coverage: readonly Covered[]): string {
  const rows = Math.max(...coverage.map(({ techniques }) => techniques.length));
  const width = coverage.length * (WIDTH + GAP) + GAP;
  const height = (rows + 1) * (HEIGHT + GAP) + GAP;
  const boxes = coverage.flatMap(({ tactic, techniques }, column) => {
    const x = GAP + column * (WIDTH + GAP);
    const head = text(x + 6, GAP + 22, words(tactic), 'font-weight="bold" font-size="13"');
    const inner = techniques.map(({ id, name, count }, row) => {
      const y = GAP + (row + 1) * (HEIGHT + GAP);
      const shade = Math.min(0.85, 0.18 + count * 0.09).toFixed(2);
      const ink = Number(shade) > 0.5 ? '#fff' : '#1b1b1b';
      const box = `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="3" fill="#b3261e" fill-opacity="${shade}"/>`;
      const label = text(x + 6, y + 14, `${id} (${count})`, `font-weight="bold" font-size="11" fill="${ink}"`);
      return box + label + text(x + 6, y + 27, cut(name), `font-size="11" fill="${ink}"`);
    });
    return [head, ...inner];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" role="img" aria-label="Detections by tactic and technique of MITRE ATT&amp;CK">\n<rect width="100%" height="100%" fill="#fff"/>\n${boxes.join('\n')}\n</svg>\n`;
}

const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (x: number, y: number, value: string, more: string): string =>
  `<text x="${x}" y="${y}" ${more}>${escaped(value)}</text>`;

const LONGEST = 27;
const cut = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

export const words = (tactic: string): string => tactic[0].toUpperCase() + tactic.slice(1).replaceAll('-', ' ');
