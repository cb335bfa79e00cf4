import type { DrillEvidence } from '../drill-findings.ts';
import { hostileVariables } from '../hostile-variables.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { type Judgement, unless } from './faults.ts';

/** HOSTNAME is set by every engine. */
const usual = ['PATH', 'HOME', 'HOSTNAME', 'HOLDOUT_INPUT', 'HOLDOUT_OUTPUT'];
const hostileValues = new Set<string>(Object.values(hostileVariables));

/** Its environment has only Holdout's own variables. Empty values count as unset: docker cannot remove a variable. */
export function judgeEnvironment(
  { environment }: ProgramFindings,
  { expected }: Pick<DrillEvidence, 'expected'>,
): Judgement {
  const variables = (environment ?? '')
    .split('\0')
    .map((line) => ({ name: line.split('=', 1)[0] ?? '', value: line.slice(line.indexOf('=') + 1) }))
    .filter(({ name, value }) => name !== '' && value !== '');
  const allowed = new Set([...usual, ...expected.variables]);
  const foreign = variables.filter(({ name, value }) => !allowed.has(name) || hostileValues.has(value));
  return {
    faults: [
      ...unless(environment !== undefined, 'its environment is unknown'),
      ...foreign.map(({ name }) => `${name} is set`),
    ],
    seen: variables
      .map(({ name }) => name)
      .sort()
      .join(', '),
  };
}
