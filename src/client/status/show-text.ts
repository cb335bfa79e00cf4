import { dollars } from '../../campaign/model/money.ts';
import { faultLines } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import { runText } from '../../campaign/explanation/run-text.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { RunSoFar } from '../../ledger/runs-so-far.ts';
import { quoted } from '../../safe-text.ts';
import type { SubmissionOverview, RoundOverview } from './submission-overview.ts';
import type { StageNow } from './current-stage.ts';
import { unsealedBy } from './unsealing-text.ts';
import { wrapped } from '../wrap.ts';

/** The output of `show`: the state of a submission, why, and the next step; then every run. */
export function showText(overview: SubmissionOverview): string {
  const { campaign, submission, team, teamName, submittedAt, underWay, rounds } = overview;
  const head = [
    ...wrapped('', `${submission} of ${teamName === team ? team : `${team} (${quoted(teamName)})`} in ${campaign}`),
    ...(overview.pseudonym === undefined || overview.pseudonym === submission
      ? []
      : line('pseudonym', overview.pseudonym)),
    ...line('submitted', instantText(Date.parse(submittedAt))),
    ...line('state', stateText(overview)),
    ...(underWay === null ? [] : nowLines(underWay)),
    ...(overview.detail === null ? [] : line('detail', overview.detail)),
    ...(overview.why === null ? [] : [...line('why', overview.why.sentence), ...line('next', overview.why.next)]),
    ...(overview.score === null ? [] : line('score', String(overview.score))),
    ...overview.unsealings.flatMap((one) => line('unsealed', unsealedBy(one))),
  ];
  const [first] = rounds;
  const blocks =
    first !== undefined && rounds.length === 1
      ? [[...head, ...aboutRound(first)], ...first.runs.map(runBlock)]
      : [head, ...rounds.flatMap(roundBlocks)];
  return [...blocks, ...overview.runsSoFar.map(runSoFarBlock)].map((lines) => lines.join('\n')).join('\n\n');
}

function stateText({ state, reason, fault }: SubmissionOverview): string {
  if (reason === null || fault === null) return state;
  return `${state}: ${reason}, ${partyTexts[fault]}`;
}

const partyTexts = {
  team: 'the team’s fault',
  platform: 'the platform’s fault',
  operator: 'by an operator’s decision',
};

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
    ...(faults ? faultLines(faults) : []).flatMap((text, index) => line(index === 0 ? 'faults' : '', text)),
    ...(state === 'failed' && withheld.length > 0 ? line('withheld', withheld.join(', ')) : []),
    ...(image === null ? [] : line('image', image)),
  ];
}

function runBlock(run: RunRecord): string[] {
  const { n, purpose, reason, billedSeconds, costMicroUsd } = run;
  const title = `run ${n}, ${purpose} on ${run.class}: ${reason ?? 'succeeded'}`;
  return [
    ...wrapped('', title),
    ...runText(run).flatMap(([label, text]) => line(label, text)),
    ...line('cost', `${dollars(costMicroUsd)} for ${billedSeconds} s`),
  ];
}

function runSoFarBlock(run: RunSoFar): string[] {
  const { n, purpose, ended, reason, facts } = run;
  const end = reason ?? (facts?.end === 'stopped' ? 'stopped from outside' : 'succeeded');
  const result = ended ? end : 'under way';
  const texts = runText({ ...run, jobId: null });
  return [
    ...wrapped('', `run ${n}, ${purpose} on ${run.class}: ${result}`),
    ...texts.flatMap(([label, text]) => line(label, text)),
  ];
}

/** `  label      text`. */
const line = (label: string, text: string): string[] => wrapped(`  ${label.padEnd(10)} `, text);
