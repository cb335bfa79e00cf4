import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import type { Access } from '../access.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { frozenCampaign } from '../operator/campaign-from-s3.ts';
import { endedStatus, endedText } from '../status/ended-status.ts';
import { queryCampaign } from '../status/query-progress.ts';
import { queueHeadLines, queueHeads, type QueueHead } from '../status/queue-heads.ts';
import { statusText } from '../status/status-text.ts';
import { fullHomeLines } from '../status/trouble/full-home.ts';
import { stuckActivityLine, stuckActivities } from '../status/trouble/stuck-activities.ts';
import { unpolledQueues, unpolledLines } from '../status/trouble/unpolled-queues.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.option(...jsonOption).action(
    withAccess<{ json?: true }>(async (access, campaign, { json }) => {
      const [now, names] = await Promise.all([queryCampaign(access, campaign), namesOf(access, campaign)]);
      if (now.kind !== 'running') {
        const ended = shown(endedStatus(now.known), names);
        output.result(json ? jsonText(ended) : endedText(ended));
        return;
      }
      const progress = shown(now.progress, names);
      const [unpolled, stuck, heads] = shown(
        await Promise.all([
          unpolledQueues(access),
          stuckActivities(access, campaign),
          blockedHeads(access, now.progress),
        ]),
        names,
      );
      output.result(
        json
          ? jsonText({ state: 'running', ...progress, unpolledQueues: unpolled, stuckSteps: stuck, queueHeads: heads })
          : statusText(progress, [
              ...fullHomeLines(),
              ...unpolledLines(unpolled),
              ...stuck.map(stuckActivityLine),
              ...queueHeadLines(heads),
            ]),
      );
    }),
  );
};

/** Of the classes with jobs. Opens a client of Batch only if there are any. */
async function blockedHeads(access: Access, { campaign, classes }: CampaignProgress): Promise<QueueHead[]> {
  const busy = Object.entries(classes).flatMap(([name, { running, canary }]) => (running > 0 || canary ? [name] : []));
  if (busy.length === 0) return [];
  const { instanceClasses } = await frozenCampaign(access, campaign);
  const batch = await access.openBatch();
  try {
    return await queueHeads(
      batch,
      instanceClasses.filter(({ name }) => busy.includes(name)),
      Date.now(),
    );
  } finally {
    batch.destroy();
  }
}
