/** How a job ended: with an exit code, lost without a trace, or never started. `at` in milliseconds. */
export type JobEnd = { at: number } & (
  { kind: 'exited'; code: number } | { kind: 'lost' } | { kind: 'unstartable'; cause: string }
);
