import { evaluationOptions, measuredSeconds } from '../evaluation/class-choice.ts';
import { deviceHeadroom, fitsOf, timeMargin, type ClassRules, type Objection } from '../evaluation/class-fit.ts';
import { dollars } from '../model/money.ts';
import type { Needs } from '../evaluation/needs.ts';
import { percent } from '../model/units.ts';
import type { RunOption } from '../model/run-option.ts';

/** One line per class, by expected cost: the price of the next evaluation there, or why the class does not fit. */
export function classFitLines(rules: ClassRules, needs: Needs, items: number): string[] {
  const options = evaluationOptions(rules, needs, items);
  const fits = fitsOf(rules, needs, items);
  const objectionsTo = (name: string): string =>
    fits
      .filter(({ instanceClass }) => instanceClass.name === name)
      .flatMap(({ objections }) => objections.map(objectionText))
      .join(', and ');
  const chosen = options.map((option) => {
    const doubt = objectionsTo(option.class);
    return `${option.class}: ${priceText(option)}${doubt && `; no class is better, although ${doubt}`}`;
  });
  const unfit = fits
    .filter(({ kind }) => kind === 'unfit')
    .map(({ instanceClass }) => `${instanceClass.name}: does not fit, ${objectionsTo(instanceClass.name)}`);
  return [...chosen, ...unfit];
}

const priceText = (option: RunOption): string =>
  `${measuredSeconds(option) === undefined ? 'at most' : 'about'} ${hours(option.hours)}, ${dollars(option.expected)}`;

function objectionText(objection: Objection): string {
  switch (objection.kind) {
    case 'proved-memory':
      return `containers get ${objection.has} MiB; a run needed more than ${objection.tooLittle} MiB`;
    case 'proved-device':
      return `GPU has ${objection.has} MiB; a run needed more than ${objection.tooLittle} MiB`;
    case 'gpu-used':
      return 'it has no GPU, but the submission used one';
    case 'gpu-use-unknown':
      return 'it has no GPU, and the need for one was not measured';
    case 'device':
      return `GPU has ${objection.has} MiB; the probe predicts ${objection.wanted} MiB (with ${percent(deviceHeadroom)} headroom)`;
    case 'memory':
      return `containers get ${objection.has} MiB; the probe needed at least ${objection.wanted} MiB`;
    case 'time':
      return `promised time is ${hours(objection.allowedSeconds / 3600)}; the probe predicts ${hours(objection.expectedSeconds / 3600)} (without ${percent(timeMargin)} margin)`;
  }
}

/** Formats `4.7 h`, or minutes or seconds for short times. */
function hours(amount: number): string {
  if (amount >= 1) return `${amount.toFixed(1)} h`;
  return amount >= 1 / 60 ? `${Math.round(60 * amount)} min` : `${Math.round(3600 * amount)} s`;
}
