import type { CampaignPlan } from '../campaign/planning/plan.ts';
import { shortAmountOf } from './amount.ts';
import { legendRow, legendRowHeight, marksOf } from './plan-marks.ts';
import { axesOf, plot, scalesOf, type Scales } from './plan-scales.ts';
import { element, line, text, withoutMiddle } from './svg.ts';

/** The content of the picture besides the mixes. */
interface PlanFrame {
  campaign: string;
  budgetMicroUsd: number;
  /** Share of the budget that is kept for reruns; part of the budget that a mix needs. */
  rerunReserveShare: number;
  deadlineSeconds: number;
}

/**
 * An SVG picture of the budget needed over the finish: for every mix of classes a dot at P50 and a track from P10 to P90, with
 * lines for budget and deadline. It shows the budget needed, not the cost, to agree with the verdict in the text.
 */
export function planPicture({ mixes, basis }: CampaignPlan, frame: PlanFrame): string {
  const scales = scalesOf(mixes, frame);
  const size = { width: 800, height: plot.bottom + 76 + legendRowHeight * mixes.length };
  const isBound = basis === 'upper-bound';
  const title = `${withoutMiddle(frame.campaign, 28)}: budget needed and finish time`;
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
    text(24, 32, title, { 'font-size': 19, 'font-weight': 'bold' }),
    ...explanationOf(isBound, frame).map((words, row) => text(24, 55 + 19 * row, words, { fill: '#666666' })),
    ...limitsOf(scales, frame),
    ...axesOf(scales),
    ...marksOf(mixes, scales),
    ...mixes.map((mix, index) => legendRow(mix, index, scales, isBound)),
  );
}

const explanationOf = (isBound: boolean, { rerunReserveShare }: PlanFrame): string[] => [
  `${isBound ? 'Upper bounds: only the limits are known yet.' : 'Dot: P50. Track: P10 to P90.'} Green: within budget and deadline.`,
  `Budget needed: the cost, ${Number((rerunReserveShare * 100).toFixed(1))} % kept for reruns, and the worst case of the last run.`,
];

function limitsOf({ x, y }: Scales, { budgetMicroUsd, deadlineSeconds }: PlanFrame): string[] {
  const { left, top, right, bottom } = plot;
  const deadlineAt = x(deadlineSeconds);
  const budgetAt = y(budgetMicroUsd);
  const isFar = { deadline: deadlineAt >= right, budget: budgetAt <= top };
  const dashed = { stroke: '#b00020', 'stroke-width': 1.5, 'stroke-dasharray': '6 4' };
  const label = { fill: '#b00020', 'font-size': 12, 'paint-order': 'stroke', stroke: '#ffffff', 'stroke-width': 3 };
  const toTheLeft = { ...label, 'text-anchor': 'end' };
  const budget = `budget ${shortAmountOf(budgetMicroUsd)}`;
  const isLate = deadlineAt > (left + right) / 2;
  // On the side without the deadline.
  const sayBudget = (at: number, words: string): string =>
    isLate ? text(left + 6, at, words, label) : text(right - 6, at, words, toTheLeft);
  return [
    element('rect', { x: left, y: budgetAt, width: deadlineAt - left, height: bottom - budgetAt, fill: '#e9f6ec' }),
    isFar.deadline
      ? text(right - 6, bottom - 8, 'deadline far to the right →', toTheLeft)
      : line([deadlineAt, top], [deadlineAt, bottom], dashed) +
        text(deadlineAt, top - 6, 'deadline', isLate ? toTheLeft : label),
    isFar.budget
      ? sayBudget(top + 16, `${budget} far above ↑`)
      : line([left, budgetAt], [right, budgetAt], dashed) + sayBudget(budgetAt - 6, budget),
  ];
}
