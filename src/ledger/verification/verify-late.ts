import { runObjects } from '../../object-keys.ts';
import type { CheckedObjects } from './checked-objects.ts';

/** An object that a job which could not be stopped wrote after its round or canary was recorded. */
interface LateObject {
  runKey: string;
  object: 'claim' | 'outcome' | 'trouble';
  recorded: 'the round' | 'the canary';
}

/**
 * Checks a late object as far as it can be: nothing names its digest, so only that it is JSON as Holdout writes it, and that an
 * outcome is one of this run. Returns what it says; undefined for a claim.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the runner wrote the object; the caller names its type
export async function verifyLate<T extends { runKey?: string }>(
  objects: CheckedObjects,
  bucket: string,
  { runKey, object, recorded }: LateObject,
): Promise<T | undefined> {
  const { findings } = objects;
  const key = runObjects[object](runKey);
  findings.note(`${key}, because it was not there when ${recorded} was recorded`);
  findings.explain(bucket, key);
  if (object === 'claim') return undefined;
  const found = await objects.readJson<T>(bucket, key);
  if (object === 'outcome' && found && found.value.runKey !== runKey)
    findings.fault(bucket, key, `\`runKey\` is not ${runKey}`);
  return found?.value;
}
