import { costOfRuns, dollars } from '../../campaign/model/money.ts';
import type { Knowledge } from '../../campaign/planning/knowledge.ts';
import { sortedRuns, type SortedRuns } from '../../campaign/planning/pilot-fit.ts';
import { pilotKnowledge } from '../../campaign/planning/pilot-knowledge.ts';
import type { PilotRun } from '../../campaign/planning/pilot-sample.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { instantText } from '../../campaign/model/units.ts';
import { Names } from '../../campaign/pseudonyms/names.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { counted, firstFew } from '../../safe-text.ts';
import { conditionsOf } from './conditions-of-file.ts';
import { findPilot } from './pilot-record.ts';
import { blindCampaign } from '../pseudonyms/blind-campaign.ts';

/** The measurements of a campaign's pilots, and notes on them for the plan. */
interface PilotFindings {
  measured: { measured?: Knowledge; testItems?: number };
  notes: string[];
}

/** The measurements on record that fit the current file; `planned`: names of the planned classes. */
export async function pilotFindings(checked: CheckedCampaign, planned: ReadonlySet<string>): Promise<PilotFindings> {
  const { campaign, limits, instanceClasses, expect } = checked;
  const record = await findPilot(homeFolder(), campaign);
  if (record === undefined || record.runs.length === 0) return { measured: {}, notes: [] };
  const piloted = new Set(record.runs.map(({ submission }) => submission));
  const sorted = sortedRuns(record.runs, await conditionsOf(checked, piloted));
  const { blind } = blindCampaign(checked);
  const names = new Names(campaign, blind.submissions, blind.teamNames === 'pseudonyms');
  const when = instantText(Date.parse(record.endedAt));
  const testItems = [...sorted.measured, ...sorted.unmeasured].at(-1)?.items;
  const items = testItems === undefined ? {} : { testItems };
  const known = pilotKnowledge(sorted.measured, limits, instanceClasses);
  if (known === undefined) return { measured: items, notes: [nothingText(sorted, when), ...gapsText(sorted, names)] };
  const cost = dollars(costOfRuns([...sorted.measured, ...sorted.unmeasured]));
  return {
    measured: { measured: { ...known, missing: known.missing.filter((name) => planned.has(name)) }, ...items },
    notes: [
      `a pilot that ended ${when} and cost ${cost}`,
      ...gapsText(sorted, names),
      ...(expect ? ['`expect` in the file is ignored; the pilot replaces it'] : []),
    ],
  };
}

function nothingText({ measured }: SortedRuns, when: string): string {
  const what =
    measured.length > 0
      ? `failed on ${[...new Set(measured.map((run) => run.class))].join(', ')} (${reasonsOf(measured)})`
      : 'measured no submission in its current form';
  return (
    `the pilot of ${when} ${what}: run times, suitable classes and the share that succeeds are unknown. ` +
    'The plan uses the campaign file alone; check the pilot before you trust the plan'
  );
}

const reasonsOf = (runs: readonly PilotRun[]): string =>
  [...new Set(runs.flatMap(({ reason }) => reason ?? []))].join(', ');

/** The measurements that are missing or do not fit the file, and why. */
function gapsText({ unmeasured, leftOut }: SortedRuns, names: Names): string[] {
  const classes = [...new Set(unmeasured.map((run) => run.class))];
  const notMeasured = classes.map((name) => {
    const runs = unmeasured.filter((run) => run.class === name);
    return (
      `${counted(runs.length, 'submission')} not measured on ${name}: their runs failed through no fault of a team (${reasonsOf(runs)}); ` +
      '--pilot runs them again'
    );
  });
  const left = [...leftOut].map(([because, runs]) => {
    const ignored = [...new Set(runs.map(({ submission }) => names.submission(submission)))];
    return `${counted(runs.length, 'measurement')} of the pilot ignored (${firstFew(ignored, 3)}): ${because}`;
  });
  return [...notMeasured, ...left];
}
