import { asciiExcerpt, counted } from '../../safe-text.ts';
import { markdownText } from '../../escaping/markdown.ts';
import { bottomPadding, usd } from './web-ui.ts';
import { costOfRuns } from '../model/money.ts';
import { faultLines, type FaultSummary } from '../model/prediction-faults.ts';
import type { RunRecord } from '../model/messages.ts';
import type { Reason, SubmissionState } from '../model/reasons.ts';
import { responsibleParty } from '../model/reasons.ts';
import { devicePeak, exitText, memoryPeak, timeText } from './run-text.ts';
import { instantText } from '../model/units.ts';
import { whyOfEnd } from './why-failed.ts';

/** The content of a submission's current details in the Web UI. */
export interface SubmissionContent {
  submission: string;
  team: string;
  stage: SubmissionState;
  note: string;
  /** Instant (ms) at which the stage began. */
  since: number;
  reason: Reason | null;
  faults: FaultSummary | undefined;
  withheld: readonly string[];
  /** What the image store's scan found. */
  scan: string;
  runs: readonly RunRecord[];
  /** Messages and results that were not authenticated. */
  refused: number;
  learnt: string;
  choice: readonly string[];
}

/** The Web UI cuts long pages, so only the newest runs are shown. */
const maxRuns = 12;
const maxClasses = 12;

/** A submission's current details in Markdown, at most a few KB, the most important first. */
export function submissionDetails(content: SubmissionContent): string {
  const { submission, team, stage, note, since, reason, runs, scan, learnt, choice } = content;
  const failure = reason === null ? '' : `: **${reason}** (${responsibleParty(reason)})`;
  const head = `**${markdownText(submission)}** of **${markdownText(team)}** is **${stage}**${failure} since ${instantText(since)}`;
  const why = whyOfEnd(reason, runs);
  const omitted = runs.length - maxRuns;
  return [
    `${head}${note === '' ? '' : ` (${markdownText(note)})`}`,
    '',
    ...(why ? [`${markdownText(why.sentence)} ${markdownText(why.next)}`, ''] : []),
    ...failureLines(content),
    '| run | end | exit | time | memory | GPU | billed | cost |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...runs.slice(-maxRuns).map(runRow),
    '',
    ...(omitted > 0 ? [`${omitted} earlier runs are not shown.`, ''] : []),
    `Total ${usd(costOfRuns(runs))}`,
    ...platformLines(runs.slice(-maxRuns)),
    ...(content.refused === 0
      ? []
      : ['', `Refused because they were not authenticated: ${counted(content.refused, 'message')}.`]),
    ...(scan === '' ? [] : ['', `Scan of the image: ${markdownText(scan)}`]),
    ...(learnt === '' ? [] : ['', `Probe: ${markdownText(learnt)}`]),
    ...(choice.length === 0 ? [] : ['', 'Classes for the evaluation:', '']),
    ...choice.slice(0, maxClasses).map((line) => `- ${markdownText(line)}`),
    ...bottomPadding,
  ].join('\n');
}

function failureLines({ stage, faults, withheld }: SubmissionContent): string[] {
  if (stage !== 'failed') return [];
  const lines = [
    ...(faults ? faultLines(faults).map((text) => `- ${text}`) : []),
    ...(withheld.length === 0 ? [] : [`- withheld from its container: ${withheld.map(markdownText).join(', ')}`]),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

function runRow({ n, purpose, class: onClass, reason, facts, billedSeconds, costMicroUsd }: RunRecord): string {
  const measured = facts
    ? [exitText(facts), timeText(facts), memoryPeak(facts) ?? '', devicePeak(facts) ?? '']
    : ['', '', '', ''];
  const cells = [
    `${n} ${purpose} on ${markdownText(onClass)}`,
    endText(reason, facts?.rule),
    ...[...measured, `${billedSeconds} s`].map(withoutBreaks),
    usd(costMicroUsd),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Allows a line break only before a bracket: the Web UI's columns are narrow. */
const withoutBreaks = (text: string): string => text.replace(/ (?!\()/g, '\u00a0');

/** Omits a rule with the same name as its reason. */
const endText = (reason: Reason | null, rule: string | null | undefined): string =>
  rule && rule !== reason ? `${reason} by ${rule}` : (reason ?? 'succeeded');

/** The platform's cause and Batch's texts for every failed run. */
function platformLines(runs: readonly RunRecord[]): string[] {
  const lines = runs.flatMap(({ n, reason, cause, facts }) => {
    const texts = new Set([cause, facts?.batch?.statusReason, facts?.batch?.reason].filter((part) => part));
    return reason === null || texts.size === 0 ? [] : [`- Run ${n}, platform: ${markdownText([...texts].join('; '))}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Withheld entries that are kept, and characters of each: they come from the image. */
const [maxEntries, maxEntryLength] = [20, 80];

/** Shortens the list of withheld settings for the ledger and for display. */
export function shownWithheld(withheld: readonly string[]): string[] {
  const shown = withheld.slice(0, maxEntries).map((entry) => asciiExcerpt(entry, maxEntryLength));
  const more = withheld.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
