import type { Quantiles } from '../campaign/random/quantiles.ts';
import type { MixPlan } from '../campaign/planning/mix-plan.ts';
import { percent } from '../campaign/model/units.ts';
import { shortAmountOf } from './amount.ts';
import { plot, type Scales } from './plan-scales.ts';
import { element, text, withoutMiddle } from './svg.ts';

/** Okabe and Ito's colours, which colour-blind readers can distinguish. Colours repeat; the numbers do not. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const colourOf = (index: number): string => colours[index % colours.length] ?? '#000000';

/** Every mix as a track with a dot and its number; the first, which a start would use, is drawn on top. */
export function marksOf(mixes: readonly MixPlan[], scales: Scales): string[] {
  const fromLast = mixes.map((mix, index) => ({ mix, colour: colourOf(index) })).reverse();
  return [
    ...fromLast.map(({ mix, colour }) => trackOf(mix, scales, colour)),
    ...fromLast.map(({ mix, colour }) => {
      const { x, y } = dotOf(mix, scales);
      return element('circle', { cx: x, cy: y, r: 7, fill: colour, stroke: '#ffffff', 'stroke-width': 2 });
    }),
    ...numbersOf(mixes.map((mix) => dotOf(mix, scales))),
  ];
}

interface Dot {
  x: number;
  y: number;
}

const dotOf = ({ seconds, budgetMicroUsd }: MixPlan, { x, y }: Scales): Dot => ({
  x: x(seconds.p50),
  y: y(budgetMicroUsd.p50),
});

function trackOf({ seconds, budgetMicroUsd }: MixPlan, { x, y }: Scales, colour: string): string {
  const at = (of: keyof Quantiles): string => `${x(seconds[of]).toFixed(1)},${y(budgetMicroUsd[of]).toFixed(1)}`;
  return element('polyline', {
    points: `${at('p10')} ${at('p50')} ${at('p90')}`,
    fill: 'none',
    stroke: colour,
    'stroke-width': 5,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    opacity: '0.5',
  });
}

/** The number beside each dot; overlapping dots share one label. */
function numbersOf(dots: readonly Dot[]): string[] {
  const groups: { at: Dot; numbers: number[] }[] = [];
  for (const [index, dot] of dots.entries()) {
    const group = groups.find(({ at }) => Math.abs(at.x - dot.x) < 16 && Math.abs(at.y - dot.y) < 12);
    if (group === undefined) groups.push({ at: dot, numbers: [index + 1] });
    else group.numbers.push(index + 1);
  }
  return groups.map(({ at: { x, y }, numbers }) => {
    const isRight = x > (plot.left + plot.right) / 2;
    return text(isRight ? x - 11 : x + 11, y + 4, numbers.join(', '), {
      'text-anchor': isRight ? 'end' : 'start',
      'font-size': 12,
      'font-weight': 'bold',
      'paint-order': 'stroke',
      stroke: '#ffffff',
      'stroke-width': 3,
    });
  });
}

export const legendRowHeight = 42;

export function legendRow(plan: MixPlan, index: number, { unit }: Scales, isBound: boolean): string {
  const { mix, costMicroUsd, budgetMicroUsd, seconds, scored } = plan;
  const y = plot.bottom + 82 + legendRowHeight * index;
  const ranged = (values: Quantiles, shown: (value: number) => string, after = ''): string =>
    isBound
      ? `at most ${shown(values.p50)}${after}`
      : `${shown(values.p50)}${after} (${shown(values.p10)} to ${shown(values.p90)})`;
  const numbers = [
    Number.isFinite(budgetMicroUsd.p50) ? `budget ${ranged(budgetMicroUsd, shortAmountOf)}` : 'no budget is enough',
    `cost ${ranged(costMicroUsd, shortAmountOf)}`,
    `time ${ranged(seconds, (value) => (value / unit.seconds).toFixed(1), ` ${unit.short}`)}`,
  ];
  const name = withoutMiddle(mix, 48);
  const share = percent(scored.p50);
  return (
    element('circle', { cx: 32, cy: y - 4, r: 6, fill: colourOf(index) }) +
    text(62, y, `${index + 1}`, { 'font-weight': 'bold', 'text-anchor': 'end' }) +
    text(72, y, share === percent(1) ? name : `${name} (${share} scored)`, { 'font-weight': 'bold' }) +
    text(72, y + 17, numbers.join(', '), { 'font-size': 12, fill: '#555555' })
  );
}
