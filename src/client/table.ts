import { visible } from '../escaping/visible.ts';
import { brokenText } from './wrap.ts';

/** Between two columns. */
const gap = '  ';

/** No column gets narrower than this, or than its title. */
const minColumn = 8;

/**
 * A table with columns as wide as their widest cell. If it is wider than `width`, the cells of its widest columns are broken
 * into lines; nothing is cut off.
 */
export function table(header: string[], foreignRows: string[][], width = Infinity): string {
  const rows = foreignRows.map((row) => row.map(visible));
  const natural = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const least = header.map((title) => Math.max(title.length, minColumn));
  const widths = fitted(natural, least, width - gap.length * (header.length - 1));
  const lines = (cells: string[]): string[] => {
    const broken = cells.map((cell, column) => brokenText(cell, widths[column] ?? 0, { keepsWords: false }));
    const height = Math.max(...broken.map((parts) => parts.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((wide, column) => (broken[column]?.[line] ?? '').padEnd(wide))
        .join(gap)
        .trimEnd(),
    );
  };
  const rule = widths.map((wide) => '-'.repeat(wide));
  return [header, rule, ...rows].flatMap(lines).join('\n');
}

/** Column widths that add up to at most `available` if possible; the widest column shrinks first. */
function fitted(natural: readonly number[], least: readonly number[], available: number): number[] {
  const widths = [...natural];
  while (sum(widths) > available) {
    const shrinkable = widths.map((wide, column) => (wide > (least[column] ?? 0) ? wide : 0));
    const widest = Math.max(...shrinkable);
    if (widest === 0) return widths;
    widths[shrinkable.indexOf(widest)] = widest - 1;
  }
  return widths;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
