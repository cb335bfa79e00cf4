import { homeFolder, placesOf } from '../../../local/stack/home/home.ts';
import { addQueues } from '../../../local/stack/home/queues.ts';
import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import type { Access } from '../../access.ts';
import { frozenCampaign } from '../../operator/campaign-from-s3.ts';
import { sendUpdate } from '../../operator/send-command.ts';
import { isRemote } from '../../stack/enter-stack.ts';
import { noteOf, numberArgument, whyOption, type Register } from '../command-context.ts';

interface Slots {
  class: string;
  slots: number;
}

export const register: Register = (command, { withAccess, output }) => {
  command
    .requiredOption('--class <class>', 'the instance class')
    .requiredOption('--slots <number>', '0 or more; running jobs continue', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<Slots & { why?: string }>(async (access, campaign, { why, ...change }) => {
        await sendUpdate(access, campaign, commandMessages.setSlots, { ...change, ...noteOf(why) });
        await resizeQueues(access, campaign, change);
        output.say(`done: ${counted(change.slots, 'slot')} of ${change.class}`);
      }),
    );
};

/** The embedded Batch endpoint limits the jobs of a queue; on AWS the compute environment does. */
async function resizeQueues(access: Access, campaign: string, change: Slots): Promise<void> {
  if (isRemote()) return;
  const { instanceClasses } = await frozenCampaign(access, campaign);
  const queues = instanceClasses.filter(({ name }) => name === change.class);
  addQueues(
    placesOf(homeFolder()),
    queues.map(({ queue }) => ({ name: queue, slots: change.slots })),
  );
}
