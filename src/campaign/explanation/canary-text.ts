import type { CanaryReport } from '../model/canaries/canary-report.ts';
import { markdownText } from '../../escaping/markdown.ts';
import { dollars } from '../model/money.ts';
import type { CanaryEnd } from '../state/canaries.ts';

/** A line of the operators' log about the end of a canary. */
export function canaryNote({ class: name, n, verdict }: CanaryReport, end: CanaryEnd): string {
  if (end.kind === 'opened') return `class ${name} opened by its canary ${n}`;
  const why = wordsOf(verdict);
  return end.kind === 'blocked' ? `class ${name} blocked by its canary ${n}: ${why}` : `canary ${n} on ${name}: ${why}`;
}

/** The page of a canary in the Web UI, in Markdown. */
export function canaryDetails(
  { campaign, class: name, n }: { campaign: string; class: string; n: number },
  report: CanaryReport | undefined,
): string {
  const title = `Canary ${n} on **${markdownText(name)}**, which opens the class for campaign ${campaign}`;
  if (report === undefined) return `${title}, is running`;
  return `${title}: ${markdownText(wordsOf(report.verdict))}\n\nCost ${dollars(report.costMicroUsd).replace('$', 'USD ')}`;
}

function wordsOf(verdict: CanaryReport['verdict']): string {
  switch (verdict.kind) {
    case 'holds':
      return 'every control holds';
    case 'broken':
      return verdict.words;
    case 'no-outcome':
      return `no outcome (${verdict.reason}): ${verdict.cause}`;
  }
}
