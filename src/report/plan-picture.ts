import { dollars } from '../campaign/money.ts';
import type { MixPlan } from '../campaign/planning/mix-plan.ts';
import type { CampaignPlan } from '../campaign/planning/plan.ts';
import { element, line, text, ticksTo } from './svg.ts';

/** What the picture shows beside the mixes. */
export interface PlanFrame {
  campaign: string;
  budgetMicroUsd: number;
  /** Share of the budget that first evaluations must not touch. */
  rerunReserveShare: number;
  deadlineSeconds: number;
}

/** Okabe and Ito's colours, which colour-blind people tell apart. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const left = 90;
const top = 84;
const width = 650;
const height = 330;
const rowHeight = 24;
const day = 86_400;

/**
 * Cost against finish as an SVG picture: for every mix of classes a point in the middle and a track through eight of ten
 * futures, since what takes longer costs more, beside the lines of budget and deadline. Pure.
 */
export function planPicture(plan: CampaignPlan, frame: PlanFrame): string {
  const scales = scalesOf(plan.mixes, frame);
  const rows = plan.mixes.length;
  const size = { width: left + width + 40, height: top + height + 100 + rowHeight * rows };
  const isBound = plan.basis === 'upper-bound';
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${size.width} ${size.height}`,
      ...size,
      'font-family': 'Helvetica, Arial, DejaVu Sans, sans-serif',
      'font-size': '13',
      fill: '#222222',
    },
    element('rect', { width: '100%', height: '100%', fill: '#ffffff' }),
    text(24, 32, `${frame.campaign}: what it costs and when it is done`, { 'font-size': 19, 'font-weight': 'bold' }),
    text(24, 55, isBound ? 'Upper bounds: nothing is known yet but the limits' : subtitle, { fill: '#666666' }),
    ...limitsOf(scales, frame),
    ...axesOf(scales),
    ...plan.mixes.map((mix, index) => trackOf(mix, scales, colourOf(index))),
    ...plan.mixes.map((mix, index) =>
      legendRow(mix, top + height + 84 + rowHeight * index, colourOf(index), scales, isBound),
    ),
  );
}

const subtitle =
  'Dot: the middle. Track: P10 to P90. Green: within the deadline and the budget less its reserve for reruns.';
const colourOf = (index: number): string => colours[index % colours.length] ?? '#000000';

interface Scales {
  unit: { seconds: number; name: string; short: string };
  days: number[];
  money: number[];
  x: (seconds: number) => number;
  y: (microUsd: number) => number;
}

/** A limit far beyond everything else would squeeze the rest into a corner: it stays outside. */
const within = (limit: number, most: number): boolean => limit <= most * 2.5;

function scalesOf(mixes: readonly MixPlan[], { budgetMicroUsd, deadlineSeconds }: PlanFrame): Scales {
  const longest = Math.max(...mixes.map(({ seconds }) => seconds.p90));
  const dearest = Math.max(...mixes.map(({ costMicroUsd }) => costMicroUsd.p90), 1);
  const unit = units.find(({ seconds }) => longest >= 3 * seconds) ?? units[units.length - 1] ?? fallbackUnit;
  const lastSecond = Math.max(longest, within(deadlineSeconds, longest) ? deadlineSeconds : 0) * 1.05;
  const mostMoney = Math.max(dearest, within(budgetMicroUsd, dearest) ? budgetMicroUsd : 0) * 1.05;
  const days = ticksTo(lastSecond / unit.seconds, 8);
  const money = ticksTo(mostMoney, 6);
  const lastDay = (days.at(-1) ?? 1) * unit.seconds;
  const topMoney = money.at(-1) ?? 1;
  return {
    unit,
    days,
    money,
    x: (seconds) => left + (width * Math.min(seconds, lastDay)) / lastDay,
    y: (microUsd) => top + height - (height * Math.min(microUsd, topMoney)) / topMoney,
  };
}

const fallbackUnit = { seconds: 1, name: 'seconds', short: 's' };
const units = [
  { seconds: day, name: 'days', short: 'd' },
  { seconds: 3_600, name: 'hours', short: 'h' },
  { seconds: 60, name: 'minutes', short: 'min' },
  fallbackUnit,
];

function axesOf({ unit, days, money, x, y }: Scales): string[] {
  const bottom = top + height;
  return [
    ...money.map((amount) => line([left, y(amount)], [left + width, y(amount)], { stroke: '#e3e3e3' })),
    ...money.map((amount) =>
      text(left - 8, y(amount) + 4, amountOf(amount), { 'text-anchor': 'end', fill: '#555555' }),
    ),
    ...days.map((value) =>
      line([x(value * unit.seconds), bottom], [x(value * unit.seconds), bottom + 5], { stroke: '#888888' }),
    ),
    ...days.map((value) =>
      text(x(value * unit.seconds), bottom + 20, String(Number(value.toFixed(3))), {
        'text-anchor': 'middle',
        fill: '#555555',
      }),
    ),
    line([left, bottom], [left + width, bottom], { stroke: '#888888' }),
    text(left + width / 2, bottom + 42, `${unit.name} after the start`, { 'text-anchor': 'middle', fill: '#555555' }),
  ];
}

function limitsOf({ x, y }: Scales, { budgetMicroUsd, rerunReserveShare, deadlineSeconds }: PlanFrame): string[] {
  const right = left + width;
  const bottom = top + height;
  const deadlineAt = x(deadlineSeconds);
  const budgetAt = y(budgetMicroUsd);
  const usable = y(budgetMicroUsd * (1 - rerunReserveShare));
  const isFar = { deadline: deadlineAt >= right, budget: budgetAt <= top };
  const dashed = { stroke: '#b00020', 'stroke-width': 1.5, 'stroke-dasharray': '6 4' };
  const label = {
    fill: '#b00020',
    'font-size': 12,
    'paint-order': 'stroke',
    stroke: '#ffffff',
    'stroke-width': 3,
  };
  const budget = `budget ${amountOf(budgetMicroUsd)}`;
  return [
    element('rect', { x: left, y: usable, width: deadlineAt - left, height: bottom - usable, fill: '#e9f6ec' }),
    isFar.deadline
      ? text(right, bottom - 8, 'deadline far to the right →', { ...label, 'text-anchor': 'end' })
      : line([deadlineAt, top], [deadlineAt, bottom], dashed) + text(deadlineAt + 5, top + 12, 'deadline', label),
    isFar.budget
      ? text(left + 6, top + 12, `${budget} far above ↑`, label)
      : line([left, budgetAt], [right, budgetAt], dashed) +
        text(right, budgetAt - 6, budget, { ...label, 'text-anchor': 'end' }),
  ];
}

function trackOf({ seconds, costMicroUsd }: MixPlan, { x, y }: Scales, colour: string): string {
  const at = (of: keyof MixPlan['seconds']): string => `${x(seconds[of]).toFixed(1)},${y(costMicroUsd[of]).toFixed(1)}`;
  return (
    element('polyline', {
      points: `${at('p10')} ${at('p50')} ${at('p90')}`,
      fill: 'none',
      stroke: colour,
      'stroke-width': 5,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
      opacity: '0.5',
    }) +
    element('circle', {
      cx: x(seconds.p50),
      cy: y(costMicroUsd.p50),
      r: 7,
      fill: colour,
      stroke: '#ffffff',
      'stroke-width': 2,
    })
  );
}

function legendRow(
  { mix, costMicroUsd: cost, seconds, scored }: MixPlan,
  y: number,
  colour: string,
  { unit }: Scales,
  isBound: boolean,
): string {
  const after = (value: number): string => (value / unit.seconds).toFixed(1);
  const range = isBound
    ? `at most ${dollars(cost.p50)}, ${after(seconds.p50)} ${unit.short}`
    : `${amountOf(cost.p50)} (${amountOf(cost.p10)} to ${amountOf(cost.p90)}), ` +
      `${after(seconds.p50)} ${unit.short} (${after(seconds.p10)} to ${after(seconds.p90)})`;
  return (
    element('circle', { cx: left + 6, cy: y - 4, r: 6, fill: colour }) +
    text(left + 20, y, scored.p50 < 0.995 ? `${mix} (${Math.floor(scored.p50 * 100)} % scored)` : mix, {
      'font-weight': 'bold',
    }) +
    text(left + width, y, range, { 'text-anchor': 'end' })
  );
}

/** Whole dollars from ten up. */
export const amountOf = (microUsd: number): string =>
  microUsd >= 10e6 || microUsd === 0
    ? dollars(Math.round(microUsd / 1e6) * 1e6).replace(/\.00$/, '')
    : dollars(microUsd);
