import { endedStatus, endedText } from '../status/ended-status.ts';
import { queryCampaign } from '../status/query-progress.ts';
import { statusText } from '../status/status-text.ts';
import { stuckActivityLine, stuckActivities } from '../status/stuck-activities.ts';
import { unpolledQueues, unpolledLines } from '../status/unpolled-queues.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.option(...jsonOption).action(
    withAccess<{ json?: true }>(async (access, campaign, { json }) => {
      const now = await queryCampaign(access, campaign);
      if (now.kind !== 'running') {
        const ended = endedStatus(now.known);
        output.result(json ? jsonText(ended) : endedText(ended));
        return;
      }
      const { progress } = now;
      const [unpolled, stuck] = await Promise.all([unpolledQueues(access), stuckActivities(access, campaign)]);
      output.result(
        json
          ? jsonText({ state: 'running', ...progress, unpolledQueues: unpolled, stuckSteps: stuck })
          : statusText(progress, [...unpolledLines(unpolled), ...stuck.map(stuckActivityLine)]),
      );
    }),
  );
};
