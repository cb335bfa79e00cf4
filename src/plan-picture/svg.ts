import { htmlText } from '../escaping/html.ts';

/** An SVG element. Attributes are escaped, children are not; text goes through {@link text}. */
export function element(name: string, attributes: Record<string, string | number>, ...children: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${htmlText(shortened(value))}"`);
  return `<${name}${written.join('')}>${children.join('')}</${name}>`;
}

export const text = (x: number, y: number, words: string, attributes: Record<string, string | number> = {}): string =>
  element('text', { x, y, ...attributes }, htmlText(words));

export const line = (
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  attributes: Record<string, string | number>,
): string => element('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], ...attributes });

const shortened = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;

/** Shortens a name to `length` characters by its middle, since names of classes differ at their ends. */
export function withoutMiddle(name: string, length: number): string {
  const characters = Array.from(name);
  if (characters.length <= length) return name;
  const kept = Math.floor((length - 1) / 2);
  return [...characters.slice(0, kept), '…', ...characters.slice(-kept)].join('');
}

/** Round numbers from 0 to at least `most`, about `count` steps of them. */
export function ticksTo(most: number, count: number): number[] {
  const rough = most / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * unit).find((candidate) => candidate >= rough) ?? 10 * unit;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}
