/** Money is whole micro-dollars; time that is paid for is whole seconds, rounded up per Batch attempt. Pure. */

/** Price of some billed seconds, rounded up to the next micro-dollar. */
export const costMicroUsd = (billedSeconds: number, microUsdPerHour: number): number =>
  Math.ceil((billedSeconds * microUsdPerHour) / 3600);

/** Seconds that Batch bills for a job: each attempt's stop minus start, rounded up. Instants in ms. */
export function billedSeconds(
  attempts: readonly { startedAt?: number | undefined; stoppedAt?: number | undefined }[],
): number {
  let seconds = 0;
  for (const { startedAt, stoppedAt } of attempts) {
    if (startedAt !== undefined && stoppedAt !== undefined) {
      seconds += Math.max(0, Math.ceil((stoppedAt - startedAt) / 1000));
    }
  }
  return seconds;
}

/** What some runs cost together, in micro-dollars. */
export const costOfRuns = (runs: readonly { costMicroUsd: number }[]): number =>
  runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);

/** `$1,234.57` for people; what is less than a dollar with up to four decimals. (A locale's formatter costs 50 times as much.) */
export function dollars(microUsd: number): string {
  const amount = Math.abs(microUsd) / 1_000_000;
  const [whole = '', decimals = ''] = amount.toFixed(amount < 1 ? 4 : 2).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${microUsd < 0 ? '-' : ''}$${grouped}.${decimals.replace(/(?<=^\d\d\d?)0+$/, '')}`;
}
