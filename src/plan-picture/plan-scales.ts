import type { MixPlan } from '../campaign/planning/mix-plan.ts';
import { shortAmountOf } from './amount.ts';
import { element, line, text, ticksTo } from './svg.ts';

/** Where the plot is in the picture. */
export const plot = { left: 110, top: 116, right: 760, bottom: 446 } as const;

/** Map time and money to positions in the plot; values outside of it are shown at its edge. */
export interface Scales {
  unit: { seconds: number; name: string; short: string };
  days: number[];
  money: number[];
  x: (seconds: number) => number;
  y: (microUsd: number) => number;
}

/** Whether a limit fits into the plot; one far beyond everything else would squeeze the rest into a corner. */
const fits = (limit: number, largest: number): boolean => limit <= largest * 2.5;

export function scalesOf(
  mixes: readonly MixPlan[],
  { budgetMicroUsd, deadlineSeconds }: { budgetMicroUsd: number; deadlineSeconds: number },
): Scales {
  const longest = Math.max(...mixes.map(({ seconds }) => seconds.p90));
  // If no budget is enough, a position above the budget stands for it.
  const shown = (microUsd: number): number => (Number.isFinite(microUsd) ? microUsd : 2 * budgetMicroUsd);
  const most = Math.max(...mixes.map((mix) => shown(mix.budgetMicroUsd.p90)), 1);
  const unit = units.find(({ seconds }) => longest >= 3 * seconds) ?? secondsUnit;
  const lastSecond = Math.max(longest, fits(deadlineSeconds, longest) ? deadlineSeconds : 0) * 1.05;
  const mostMoney = Math.max(most, fits(budgetMicroUsd, most) ? budgetMicroUsd : 0) * 1.05;
  const days = ticksTo(lastSecond / unit.seconds, 8);
  const money = ticksTo(mostMoney, 6);
  const lastDay = (days.at(-1) ?? 1) * unit.seconds;
  const topMoney = money.at(-1) ?? 1;
  return {
    unit,
    days,
    money,
    x: (seconds) => plot.left + ((plot.right - plot.left) * Math.min(seconds, lastDay)) / lastDay,
    y: (microUsd) => plot.bottom - ((plot.bottom - plot.top) * Math.min(shown(microUsd), topMoney)) / topMoney,
  };
}

const secondsUnit = { seconds: 1, name: 'seconds', short: 's' };
const units = [
  { seconds: 86_400, name: 'days', short: 'd' },
  { seconds: 3_600, name: 'hours', short: 'h' },
  { seconds: 60, name: 'minutes', short: 'min' },
];

export function axesOf({ unit, days, money, x, y }: Scales): string[] {
  const { left, top, right, bottom } = plot;
  const grey = { fill: '#555555' };
  const middle = { ...grey, 'text-anchor': 'middle' };
  return [
    ...money.map((amount) => line([left, y(amount)], [right, y(amount)], { stroke: '#e3e3e3' })),
    ...money.map((amount) => text(left - 8, y(amount) + 4, shortAmountOf(amount), { ...grey, 'text-anchor': 'end' })),
    ...days.map((value) =>
      line([x(value * unit.seconds), bottom], [x(value * unit.seconds), bottom + 5], { stroke: '#888888' }),
    ),
    ...days.map((value) => text(x(value * unit.seconds), bottom + 20, String(Number(value.toFixed(3))), middle)),
    line([left, bottom], [right, bottom], { stroke: '#888888' }),
    text((left + right) / 2, bottom + 42, `${unit.name} after the start`, middle),
    element('g', { transform: `translate(22 ${(top + bottom) / 2}) rotate(-90)` }, text(0, 0, 'budget needed', middle)),
  ];
}
