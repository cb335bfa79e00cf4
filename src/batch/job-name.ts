import { sha256 } from '../sha256.ts';

/** The Batch job name of a run. Batch's JOB_NAME filter ignores case, so the name has one case only. */
export const jobNameOf = (runKey: string): string => `ho-${sha256(runKey)}`;
