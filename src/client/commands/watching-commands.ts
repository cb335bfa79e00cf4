import type { CommandKit } from './command-context.ts';
import { queryCampaign } from '../status/query-progress.ts';
import { endedStatus, endedText } from '../status/ended-status.ts';
import { exitOf, exitStatus } from '../exit-status.ts';
import { campaignResults } from '../status/results.ts';
import { statusText } from '../status/status-text.ts';
import { stuckStepLine, stuckSteps } from '../status/stuck-steps.ts';
import { unpolledQueues, unpolledText } from '../status/unpolled-queues.ts';
import { blockedLines } from '../status/blocked-text.ts';
import { countsLine, watchCampaign } from '../status/watch.ts';

/** The commands that show how a campaign stands. */
export function addWatching({ command, withAccess, output }: CommandKit): void {
  command('status')
    .option('--json', 'as one JSON object on stdout')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        const now = await queryCampaign(access, campaign);
        if (now.kind === 'running') {
          const { progress } = now;
          const [unpolled, stuck] = await Promise.all([unpolledQueues(access), stuckSteps(access, campaign)]);
          const note = unpolledText(unpolled);
          output.result(
            json
              ? jsonOf({ state: 'running', ...progress, unpolledQueues: unpolled, stuckSteps: stuck })
              : statusText(progress, [...(note === undefined ? [] : [note]), ...stuck.map(stuckStepLine)]),
          );
        } else {
          const ended = endedStatus(now.known);
          output.result(json ? jsonOf(ended) : endedText(ended));
        }
      }),
    );
  command('watch')
    .option('--json', 'print how it stands then as one JSON object on stdout')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        let now = await queryCampaign(access, campaign);
        if (now.kind === 'running') {
          await watchCampaign(access, campaign, output);
          now = await queryCampaign(access, campaign);
        }
        if (now.kind === 'running') {
          const { progress } = now;
          const lines = [countsLine(progress).trim(), ...blockedLines(progress).map((line) => `holds: ${line}`)];
          output.result(json ? jsonOf({ state: 'running', ...progress }) : lines.join('\n'));
          return exitStatus.needsDecision;
        }
        const ended = endedStatus(now.known);
        output.result(json ? jsonOf(ended) : endedText(ended));
        return exitOf((await campaignResults(access, campaign)).results);
      }),
    );
}

const jsonOf = (value: object): string => JSON.stringify(value, null, 2);
