import { breachText } from '../../campaign/invariants/breach-text.ts';
import { invariants, type Invariant } from '../../campaign/invariants/breach.ts';
import { counted } from '../../safe-text.ts';
import type { CampaignCheck } from './check-invariants.ts';

const says: Record<Invariant, string> = {
  I1: 'nothing lost',
  I2: 'one final state',
  I3: 'no paid work twice',
  I4: 'nothing left over',
};

/** What a check found, for people. */
export function checkText(check: CampaignCheck, seconds: number): string {
  const { campaign, phase, verdicts, breaches, counts, unchecked } = check;
  const ofInvariant = (name: Invariant): string[] => [
    `  ${name} ${says[name]}: ${verdicts[name]}`,
    ...breaches.filter(({ invariant }) => invariant === name).map((breach) => `    ${breachText(breach)}`),
  ];
  return [
    `${campaign} (${phase}): ${breachCount(breaches.length)}`,
    ...invariants.flatMap(ofInvariant),
    ...orphanLines(check),
    ...(counts
      ? [
          `checked in ${seconds.toFixed(1)} s: ${counted(counts.rounds, 'round')}, ${counted(counts.records, 'record')}, ` +
            `${counted(counts.workflows, 'workflow')}, ${counted(counts.jobs, 'job')}, ${counted(counts.claims, 'claim')}`,
        ]
      : []),
    ...unchecked.map((what) => `not checked: ${what}`),
  ].join('\n');
}

const breachCount = (count: number): string =>
  count === 0 ? 'no breach' : `${count} breach${count === 1 ? '' : 'es'}`;

/** The object of `check --json`. */
export const checkReport = ({ verdicts, breaches, ...rest }: CampaignCheck) => ({
  version: 1,
  ...rest,
  invariants: verdicts,
  breaches: breaches.map((breach) => ({ ...breach, text: breachText(breach) })),
});

function orphanLines({ orphans }: CampaignCheck): string[] {
  const { jobsWithoutWorkflow: jobs, workflowsWithoutJob: workflows, containersWithoutClaim: containers } = orphans;
  return [
    `orphans: ${counted(jobs.length, 'job')} without a workflow, ${counted(workflows.length, 'workflow')} without a job, ` +
      `${counted(containers.length, 'container')} without a claim`,
    ...jobs.map(({ job, run }) => `  job ${job} of ${run}: no workflow follows it`),
    ...workflows.map(({ workflow, run }) => `  ${workflow} waits for ${run}: Batch knows no job of it`),
    ...containers.map(({ job, run }) => `  job ${job} works on ${run} without its claim`),
  ];
}
