import { join } from 'node:path';

/** The file with everything that a job's process writes to its output, in the job's folder. */
export const jobLog = (folder: string): string => join(folder, 'runner.log');
