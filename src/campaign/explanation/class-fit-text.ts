import { evaluationOptions, measuredSeconds } from '../evaluation/class-choice.ts';
import { fitsOf, gpuMemoryHeadroom, timeMargin, type ClassRules, type Objection } from '../evaluation/class-fit.ts';
import { dollars } from '../model/money.ts';
import type { Needs } from '../evaluation/needs.ts';
import { durationText, percent } from '../model/units.ts';
import type { RunOption } from '../model/run-option.ts';

/** One line per class, by expected cost: the price of the next evaluation there, or why the class does not fit. */
export function classFitLines(rules: ClassRules, needs: Needs, items: number): string[] {
  const options = evaluationOptions(rules, needs, items);
  const fits = fitsOf(rules, needs, items);
  const objectionsTo = (name: string): string =>
    fits
      .filter(({ instanceClass }) => instanceClass.name === name)
      .flatMap(({ objections }) => objections.map(objectionText))
      .join('; ');
  const chosen = options.map((option) => {
    const doubt = objectionsTo(option.class);
    return `${option.class}: ${priceText(option)}${doubt && `; no class fits better: ${doubt}`}`;
  });
  const unfit = fits
    .filter(({ kind }) => kind === 'unfit')
    .map(({ instanceClass }) => `${instanceClass.name} does not fit: ${objectionsTo(instanceClass.name)}`);
  return [...chosen, ...unfit];
}

const priceText = (option: RunOption): string =>
  `${measuredSeconds(option) === undefined ? 'at most' : 'about'} ${durationText(option.hours * 3600)}, ${dollars(option.expected)}`;

function objectionText(objection: Objection): string {
  switch (objection.kind) {
    case 'proved-memory':
      return `its containers get ${objection.has} MiB, but a run needed more than ${objection.tooLittle} MiB`;
    case 'proved-device':
      return `its GPU has ${objection.has} MiB, but a run needed more than ${objection.tooLittle} MiB`;
    case 'gpu-used':
      return 'it has no GPU, but the submission used one';
    case 'gpu-use-unknown':
      return 'it has no GPU, and whether the submission needs one was not measured';
    case 'device':
      return `its GPU has ${objection.has} MiB, but the probe predicts ${objection.wanted} MiB (with ${percent(gpuMemoryHeadroom)} headroom)`;
    case 'memory':
      return `its containers get ${objection.has} MiB, but the probe needed at least ${objection.wanted} MiB`;
    case 'time':
      return `the promised time is ${durationText(objection.allowedSeconds)}, but the probe predicts ${durationText(objection.expectedSeconds)} plus a margin of ${percent(timeMargin)}`;
  }
}
