import { evaluationOptions, measuredSeconds } from '../evaluation/class-choice.ts';
import { deviceHeadroom, fitsOf, timeMargin, type ClassRules, type Objection } from '../evaluation/class-fit.ts';
import { dollars } from '../model/money.ts';
import type { Needs } from '../evaluation/needs.ts';
import { percent } from '../model/units.ts';
import type { RunOption } from '../model/run-option.ts';

/** For each class, cheapest expectation first, whether it may carry the next evaluation and at what price, or why not. Pure. */
export function classFitLines(rules: ClassRules, needs: Needs, items: number): string[] {
  const options = evaluationOptions(rules, needs, items);
  const fits = fitsOf(rules, needs, items);
  const objectionsTo = (onClass: string): string =>
    fits
      .filter(({ instanceClass }) => instanceClass.name === onClass)
      .flatMap(({ objections }) => objections.map(objectionText))
      .join('; ');
  const chosen = options.map((option) => {
    const doubt = objectionsTo(option.class);
    return `${option.class}: ${priceText(option)}${doubt && `, though ${doubt}: no class is better`}`;
  });
  const unfit = fits
    .filter(({ kind }) => kind === 'unfit')
    .map(({ instanceClass }) => `${instanceClass.name}: no, ${objectionsTo(instanceClass.name)}`);
  return [...chosen, ...unfit];
}

const priceText = (option: RunOption): string =>
  `${measuredSeconds(option) === undefined ? 'at most' : 'about'} ${hours(option.hours)}, ${dollars(option.expected)}`;

function objectionText(objection: Objection): string {
  switch (objection.kind) {
    case 'proved-memory':
      return `a container gets ${objection.has} MiB there, ${objection.tooLittle} MiB proved too little`;
    case 'proved-device':
      return `its device has ${objection.has} MiB, ${objection.tooLittle} MiB proved too little`;
    case 'gpu-used':
      return 'it has no GPU, and one was used';
    case 'gpu-use-unknown':
      return 'it has no GPU, and whether one is needed was not measured';
    case 'device':
      return `its device has ${objection.has} MiB, by the probe ${objection.wanted} MiB are wanted (${percent(deviceHeadroom)} head-room)`;
    case 'memory':
      return `a container gets ${objection.has} MiB there, less was too little for the probe`;
    case 'time':
      return `${hours(objection.allowedSeconds / 3600)} are promised there, by the probe ${hours(objection.expectedSeconds / 3600)} are needed (${percent(timeMargin)} margin)`;
  }
}

/** `4.7 h`, or minutes or seconds for what is short. */
function hours(amount: number): string {
  if (amount >= 1) return `${amount.toFixed(1)} h`;
  return amount >= 1 / 60 ? `${Math.round(60 * amount)} min` : `${Math.round(3600 * amount)} s`;
}
