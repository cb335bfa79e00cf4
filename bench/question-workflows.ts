/** A workflow that does two things at a time: it waits for a word to do its work, and a timer goes round. */
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
  // As much as lies between a decision and its command in a real campaign.
  for (let step = 0; step < 5; step += 1) await Promise.resolve();
  await nothing();
  await condition(() => false);
}

async function goRound(roundMs: number): Promise<never> {
  for (;;) await sleep(roundMs);
}
