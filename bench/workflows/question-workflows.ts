/** A workflow with two concurrent parts: one waits for a signal before it runs an activity, the other is a timer loop. */
import { condition, defineQuery, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '1 minute' });

export const heardQuery = defineQuery<boolean>('heard');
export const goSignal = defineSignal('go');

export async function twoThings(roundMs: number): Promise<void> {
  let heard = false;
  setHandler(heardQuery, () => heard);
  setHandler(goSignal, () => {
    heard = true;
  });
  void goRound(roundMs);
  await condition(() => heard);
  // As many promise steps as between a decision and its command in a real campaign.
  for (let step = 0; step < 5; step += 1) await Promise.resolve();
  await nothing();
  await condition(() => false);
}

async function goRound(roundMs: number): Promise<never> {
  for (;;) await sleep(roundMs);
}
