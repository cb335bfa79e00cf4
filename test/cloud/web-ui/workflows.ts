import { condition, setCurrentDetails, sleep } from '@temporalio/workflow';

/** Shows these details, given as UTF-16 so that the page of its input does not show them, until it is terminated. */
export async function shown(details: number[]): Promise<void> {
  setCurrentDetails(String.fromCharCode(...details));
  await condition(() => false);
}

/** Has a step with this summary, given as UTF-16, until it is terminated. */
export async function stepping(summary: number[]): Promise<void> {
  await sleep('1 hour', { summary: String.fromCharCode(...summary) });
}
