import { condition, setCurrentDetails, sleep } from '@temporalio/workflow';

/** Shows these details, given as UTF-16 so that the page of its input does not show them, until it is terminated. */
export async function shown(details: number[]): Promise<void> {
  setCurrentDetails(String.fromCharCode(...details));
  await condition(() => false);
}

/** Has a step for each of these summaries, given as UTF-16, until it is terminated. */
export async function stepping(summaries: number[][]): Promise<void> {
  await Promise.all(summaries.map((summary) => sleep('1 hour', { summary: String.fromCharCode(...summary) })));
}
