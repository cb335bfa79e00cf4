import { asciiLine } from '../../safe-text.ts';
import { escaped, bottomPadding, usd } from './markdown.ts';
import { costOfRuns } from '../model/money.ts';
import { faultText, faultCounts, type FaultSummary } from '../model/prediction-faults.ts';
import type { RunRecord } from '../model/messages.ts';
import type { Reason, SubmissionState } from '../model/reasons.ts';
import { responsibleParty } from '../model/reasons.ts';
import { devicePeak, exitWords, memoryPeak, timeWords } from './run-text.ts';
import { instantText } from '../model/units.ts';
import { whyOfEnd } from './why.ts';

/** Everything that the page of a submission in the Web UI tells. */
export interface SubmissionContent {
  submission: string;
  team: string;
  stage: SubmissionState;
  note: string;
  /** Instant (ms) at which the stage began. */
  since: number;
  reason: Reason | null;
  faults: FaultSummary | undefined;
  /** What of the image's configuration its container did not get. */
  withheld: readonly string[];
  runs: readonly RunRecord[];
  learnt: string;
  choice: readonly string[];
}

/** The Web UI cuts what is long, so the newest runs are shown and the rest is counted. */
const maxRuns = 12;
const maxClasses = 12;

/** The page's details in Markdown, at most a few KB: what matters most comes first. Pure. */
export function submissionDetails(content: SubmissionContent): string {
  const { submission, team, stage, note, since, reason, runs, learnt, choice } = content;
  const what = reason === null ? '' : `: **${reason}** (${responsibleParty(reason)})`;
  const head = `**${escaped(submission)}** of **${escaped(team)}** is **${stage}**${what} since ${instantText(since)}`;
  const why = whyOfEnd(reason, runs);
  const omitted = runs.length - maxRuns;
  return [
    `${head}${note === '' ? '' : ` (${escaped(note)})`}`,
    '',
    ...(why ? [`${escaped(why.sentence)} ${escaped(why.next)}`, ''] : []),
    ...failureLines(content),
    '| run | end | exit | time | memory | GPU | billed | cost |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...runs.slice(-maxRuns).map(runRow),
    '',
    ...(omitted > 0 ? [`${omitted} earlier runs are not shown.`, ''] : []),
    `Total ${usd(costOfRuns(runs))}`,
    ...platformLines(runs.slice(-maxRuns)),
    ...(learnt === '' ? [] : ['', `Probe: ${escaped(learnt)}`]),
    ...(choice.length === 0 ? [] : ['', 'Classes for the evaluation:', '']),
    ...choice.slice(0, maxClasses).map((line) => `- ${escaped(line)}`),
    ...bottomPadding,
  ].join('\n');
}

/** What helps to understand a failure beside its reason. */
function failureLines({ stage, faults, withheld }: SubmissionContent): string[] {
  if (stage !== 'failed') return [];
  const lines = [
    ...(faults ? faultLines(faults).map((text) => `- ${text}`) : []),
    ...(withheld.length === 0 ? [] : [`- not given to its container: ${withheld.map(escaped).join(', ')}`]),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

/** As in `show`: a fault of the whole file is told by its kind alone. */
const faultLines = (faults: FaultSummary): string[] => [
  ...faultCounts(faults),
  ...faults.first.filter(({ line }) => line !== null).map(faultText),
];

function runRow({ n, purpose, class: onClass, reason, facts, billedSeconds, costMicroUsd }: RunRecord): string {
  const measured = facts
    ? [exitWords(facts).replace('exit code ', ''), timeWords(facts), memoryPeak(facts) ?? '', devicePeak(facts) ?? '']
    : ['', '', '', ''];
  const cells = [
    `${n} ${purpose} on ${escaped(onClass)}`,
    endText(reason, facts?.rule),
    ...[...measured, `${billedSeconds} s`].map(withoutBreaks),
    usd(costMicroUsd),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Lets a cell break before a bracket only: the Web UI's columns are narrow. */
const withoutBreaks = (text: string): string => text.replace(/ (?!\()/g, '\u00a0');

/** A rule that has the name of its reason tells no more. */
const endText = (reason: Reason | null, rule: string | null | undefined): string =>
  rule && rule !== reason ? `${reason} by ${rule}` : (reason ?? 'succeeded');

/** What failed on the platform's side and what Batch says, for every failed run. */
function platformLines(runs: readonly RunRecord[]): string[] {
  const lines = runs.flatMap(({ n, reason, cause, facts }) => {
    const said = new Set([cause, facts?.batch?.statusReason, facts?.batch?.reason].filter((part) => part));
    return reason === null || said.size === 0 ? [] : [`- The platform on run ${n}: ${escaped([...said].join('; '))}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Withheld entries that are kept, and characters of each: they come from the image. */
const [mostEntries, longestEntry] = [20, 80];

/** What the gate withheld of an image's configuration, cut to what the ledger keeps and people read. */
export function shownWithheld(withheld: readonly string[]): string[] {
  const shown = withheld.slice(0, mostEntries).map((entry) => asciiLine(entry, longestEntry));
  const more = withheld.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
