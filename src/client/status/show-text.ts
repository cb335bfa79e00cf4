import { dollars } from '../../campaign/model/money.ts';
import { faultText, faultCounts, type FaultSummary } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import { runText } from '../../campaign/explanation/run-text.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { RunSoFar } from '../../ledger/runs-so-far.ts';
import { quoted } from '../../safe-text.ts';
import type { SubmissionOverview, RoundOverview } from './submission-report.ts';
import type { StageNow } from './current-stage.ts';
import { wrapped } from '../wrap.ts';

/** What `show` prints: how the submission stands, why, and what can be done; then every run. */
export function showText(shown: SubmissionOverview): string {
  const { campaign, submission, team, teamName, submittedAt, underWay, rounds } = shown;
  const head = [
    ...wrapped('', `${submission} of ${team} (${quoted(teamName)}) in ${campaign}`),
    ...line('handed in', instantText(Date.parse(submittedAt))),
    ...line('state', stateText(shown)),
    ...(underWay === null ? [] : nowLines(underWay)),
    ...(shown.detail === null ? [] : line('detail', shown.detail)),
    ...(shown.why === null ? [] : [...line('why', shown.why.sentence), ...line('next', shown.why.next)]),
    ...(shown.score === null ? [] : line('score', String(shown.score))),
  ];
  const [first] = rounds;
  const blocks =
    first !== undefined && rounds.length === 1
      ? [[...head, ...aboutRound(first)], ...first.runs.map(runBlock)]
      : [head, ...rounds.flatMap(roundBlocks)];
  return [...blocks, ...shown.runsSoFar.map(runSoFarBlock)].map((lines) => lines.join('\n')).join('\n\n');
}

function stateText({ state, reason, fault }: SubmissionOverview): string {
  if (reason === null || fault === null) return state;
  return `${state}: ${reason}, ${whose[fault]}`;
}

const whose = { team: 'the team’s fault', platform: 'the platform’s fault', operator: 'by an operator’s decision' };

function nowLines({ stage, note, because, since }: StageNow): string[] {
  const began = since === null ? '' : `, since ${instantText(Date.parse(since))}`;
  const now = line('now', `${stage}${note === '' ? '' : ` ${note}`}${began}`);
  return because === null ? now : [...now, ...line('because', because)];
}

function roundBlocks(round: RoundOverview): string[][] {
  const { sequence, state, reason, detail, runs } = round;
  const end = [reason, detail].filter((part) => part !== null).join(', ');
  const title = wrapped('', `round ${sequence}: ${state}${end === '' ? '' : ` (${end})`}`);
  return [[...title, ...aboutRound(round)], ...runs.map(runBlock)];
}

function aboutRound({ state, faults, withheld, image }: RoundOverview): string[] {
  return [
    ...(faults === null ? [] : faultLines(faults)),
    ...(state === 'failed' && withheld.length > 0 ? line('withheld', withheld.join(', ')) : []),
    ...(image === null ? [] : line('image', image)),
  ];
}

const faultLines = (faults: FaultSummary): string[] =>
  [...faultCounts(faults), ...faults.first.flatMap((one) => (one.line === null ? [] : [faultText(one)]))].flatMap(
    (text, index) => line(index === 0 ? 'faults' : '', text),
  );

function runBlock(run: RunRecord): string[] {
  const { n, purpose, reason, billedSeconds, costMicroUsd } = run;
  const title = `run ${n}, ${purpose} on ${run.class}: ${reason ?? 'ended well'}`;
  return [
    ...wrapped('', title),
    ...runText(run).flatMap(([label, text]) => line(label, text)),
    ...line('cost', `${dollars(costMicroUsd)} for ${billedSeconds} s`),
  ];
}

function runSoFarBlock(run: RunSoFar): string[] {
  const { n, purpose, ended, reason, facts } = run;
  const end = reason ?? (facts?.end === 'stopped' ? 'stopped from outside' : 'ended well');
  const how = ended ? end : 'under way';
  const words = runText({ ...run, jobId: null });
  return [
    ...wrapped('', `run ${n}, ${purpose} on ${run.class}: ${how}`),
    ...words.flatMap(([label, text]) => line(label, text)),
  ];
}

/** `  label      text`. */
const line = (label: string, text: string): string[] => wrapped(`  ${label.padEnd(10)} `, text);
