import { handIn } from '../hand-in/hand-in.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import type { FrozenCampaign } from '../campaign/frozen-campaign.ts';
import { campaignWorkflowId, resultObjects, taskQueues } from '../ids.ts';
import { homeFolder } from '../local/stack/home.ts';
import type { Stack } from '../local/stack/open-stack.ts';
import type { Access } from './access.ts';
import { appendRows } from './append-rows.ts';
import { exitOf, exitStatus } from './exit-status.ts';
import { isOpen, knownCampaign } from './known-campaign.ts';
import type { Output } from './output.ts';
import { keepStanding, standingOf } from './results.ts';
import { isRunning, startWorkflow } from './start-workflow.ts';
import { watchCampaign } from './watch.ts';

export interface ConductOptions {
  detach?: true;
  json?: true;
  yes?: true;
}

/** From the hand-in to the report; the same on every stack. Answers the exit status. */
export async function conduct(
  access: Access,
  checked: CheckedCampaign,
  options: ConductOptions,
  output: Output,
  stack?: Stack,
): Promise<number> {
  const { campaign } = checked;
  const rooms = { store: access.store, buckets: access.buckets, report: output.say };
  const { frozen, appended } = await handIn(rooms, checked);
  if (appended.length > 0) {
    const added = await appendRows(access, frozen, appended, { yes: options.yes ?? false, output });
    if (!added) return exitStatus.failed;
  }
  const ended = await hasEnded(access, frozen);
  if (!ended) await startWorkflow(access, frozen);
  if (stack) sayLinks(stack, campaign, output);
  else await sayIfNobodyWorks(access, output);
  if (options.detach) return exitStatus.done;
  const watched = ended ? ({ kind: 'ended' } as const) : await watchCampaign(access, campaign, output);
  const standing = await standingOf(access, campaign);
  const folder = await keepStanding(homeFolder(), standing);
  if (options.json) output.result(JSON.stringify(standing.results, null, 2));
  else output.result(`\n${standing.text}\n`);
  output.say(`leaderboard.csv, results.json and report.txt are in ${folder}`);
  if (watched.kind === 'holds') {
    output.say(`${campaign} holds (${watched.hold}): npm run holdout -- status ${campaign} says what to do`);
    return exitStatus.needsDecision;
  }
  return exitOf(standing.results);
}

/** Nothing is left to do: results are published, every round has its record, and no workflow runs. */
export async function hasEnded(access: Access, { campaign }: FrozenCampaign): Promise<boolean> {
  if (await isRunning(access, campaign)) return false;
  const published = await access.store.size(access.buckets.results, resultObjects.results(campaign));
  return published !== undefined && !(await knownCampaign(access, campaign)).submissions.some(isOpen);
}

/** A campaign only waits where nobody works on one of its queues. */
async function sayIfNobodyWorks({ temporal }: Access, output: Output): Promise<void> {
  const asked = Object.entries(taskQueues).map(async ([queue, name]) => {
    const { pollers } = await temporal.workflowService.describeTaskQueue({
      namespace: temporal.options.namespace,
      taskQueue: { name },
      taskQueueType: queue === 'main' ? taskTypes.workflow : taskTypes.activity,
    });
    return (pollers ?? []).length === 0 ? [name] : [];
  });
  const idle = (await Promise.all(asked)).flat();
  if (idle.length > 0) output.say(`no worker polls ${idle.join(', ')} yet: start one with npm run worker`);
}

function sayLinks({ endpoints, environment }: Stack, campaign: string, output: Output): void {
  const workflows = `${endpoints.ui}/namespaces/${environment['TEMPORAL_NAMESPACE']}/workflows`;
  const list = encodeURIComponent(`HoldoutCampaign="${campaign}"`);
  output.say(`Temporal Web UI, the campaign:    ${workflows}/${encodeURIComponent(campaignWorkflowId(campaign))}`);
  output.say(`Temporal Web UI, its submissions: ${workflows}?query=${list}`);
}

/** `TASK_QUEUE_TYPE_…` of Temporal's API. */
const taskTypes = { workflow: 1, activity: 2 };
