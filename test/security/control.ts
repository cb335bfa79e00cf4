/** A control, and how the drill removes it: one edit of the source. */
export interface Control {
  /** What the control prevents, as a noun phrase. */
  control: string;
  /** The source file, and the text in it that occurs once, before and after the removal. */
  file: string;
  from: string;
  to: string;
  /** The test files that must notice, and of their tests those whose titles match. */
  tests: readonly string[];
  grep?: string;
}

/** Controls of one file that are noticed by the same tests. */
export const controlsOf = (
  file: string,
  tests: readonly string[],
  rows: readonly (readonly [control: string, from: string, to: string, grep?: string])[],
): Control[] =>
  rows.map(([control, from, to, grep]) => ({ control, file, from, to, tests, ...(grep !== undefined && { grep }) }));

/** The same controls, told apart by a number where several have the same words. */
export function toldApart(controls: readonly Control[]): Control[] {
  const times = new Map<string, number>();
  return controls.map((one) => {
    const nth = (times.get(one.control) ?? 0) + 1;
    times.set(one.control, nth);
    return nth === 1 ? one : { ...one, control: `${one.control} (${nth})` };
  });
}
