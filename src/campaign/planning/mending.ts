import type { InstanceClass } from '../frozen-campaign.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import type { Mix } from './mixes.ts';

/** A change that makes a plan meet both budget and deadline in nine of ten futures. */
export interface Mending {
  /** Words of the command line or of the campaign file. */
  words: string[];
  /** Money beyond the budget as it is, and what the campaign then costs in nine of ten futures at most; micro-dollars. */
  beyondBudgetMicroUsd: number;
  costMicroUsd: number;
}

const hour = 3600;
/** A class is not asked for more than so many times its slots. */
const mostTimes = 8;
const tries = 5;
const mostMendings = 4;

export const isSafe = ({ budgetMicroUsd, seconds }: MixPlan, { budget, deadlineSeconds }: Question): boolean =>
  budgetMicroUsd.p90 <= budget.microUsd && seconds.p90 <= deadlineSeconds;

/** A mix of classes with what it comes to. */
export interface PlannedMix {
  mix: Mix;
  plan: MixPlan;
}

/** What would mend the first plan, cheapest first; empty where nothing needs mending. `others`: other mixes. Pure. */
export function mendingsOf(question: Question, first: PlannedMix, others: readonly PlannedMix[]): Mending[] {
  if (isSafe(first.plan, question)) return [];
  const instead = others
    .filter((other) => carriesAsMuch(question, first, other))
    .flatMap((other) =>
      fixesOf(question, other).map(({ words, ...rest }) => ({ words: [...onlyWords(other.mix), ...words], ...rest })),
    );
  return [...fixesOf(question, first), ...instead]
    .sort((a, b) => a.beyondBudgetMicroUsd - b.beyondBudgetMicroUsd || a.costMicroUsd - b.costMicroUsd)
    .slice(0, mostMendings);
}

const onlyWords = ({ classes }: Mix): string[] => classes.map(({ name }) => `--only ${name}`);

/** Whether as many would be scored; a smaller device is not known to carry all while nobody has said how many it does. */
function carriesAsMuch({ knowledge, planned }: Question, first: PlannedMix, { mix, plan }: PlannedMix): boolean {
  if (plan.scored.p50 < first.plan.scored.p50) return false;
  const isSaid = knowledge.kind === 'pilot' || knowledge.expected.outOfGpuMemoryShare !== undefined;
  return isSaid || largestDevice(mix.classes) >= largestDevice(planned.rules.instanceClasses);
}

const largestDevice = (classes: readonly InstanceClass[]): number =>
  Math.max(...classes.map(({ gpuMemoryMiB = 0 }) => gpuMemoryMiB));

/** What makes one mix meet both limits: nothing, more slots or a later deadline, and a larger budget where it is short. */
function fixesOf(question: Question, { mix, plan }: PlannedMix): Mending[] {
  const { budget, deadlineSeconds } = question;
  const needed = plan.budgetMicroUsd.p90;
  const money = needed > budget.microUsd ? [`budget: { usd: ${Math.ceil(needed / 1e6)} } in the file`] : [];
  const price = { beyondBudgetMicroUsd: Math.max(0, needed - budget.microUsd), costMicroUsd: plan.costMicroUsd.p90 };
  if (plan.seconds.p90 <= deadlineSeconds) return [{ words: money, ...price }];
  const slots = moreSlots(question, mix, plan);
  const deadline = `deadline: ${Math.ceil(plan.seconds.p90 / hour)}h in the file`;
  return [...(slots ? [slots] : []), deadline].map((words) => ({ words: [words, ...money], ...price }));
}

/** More of the same machines cost no more: the fewest of one class, the one that works longest first, that do. */
function moreSlots(question: Question, mix: Mix, { seconds, slots, hoursOn }: MixPlan): string | undefined {
  const times = seconds.p90 / question.deadlineSeconds;
  if (times > mostTimes) return undefined;
  const load = (name: string): number => (hoursOn[name] ?? 0) / (slots[name] ?? 1);
  for (const name of Object.keys(slots).sort((a, b) => load(b) - load(a))) {
    let wanted = Math.ceil((slots[name] ?? 1) * times);
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const classes = mix.classes.map((row) => (row.name === name ? { ...row, slots: wanted } : row));
      if (mixPlanOf(question, { ...mix, classes }).seconds.p90 <= question.deadlineSeconds)
        return `--slots ${name}=${wanted}`;
      wanted = Math.ceil(wanted * 1.15);
    }
  }
  return undefined;
}
