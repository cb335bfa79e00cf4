import { holdoutError } from '../errors.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';

/** The queues that `--queues main,images,…` names; all without it. Throws USAGE. */
export function queuesFrom(text: string | undefined): TaskQueueName[] {
  const all = Object.keys(taskQueues) as TaskQueueName[];
  if (text === undefined) return all;
  return text.split(',').map((name) => {
    const found = all.find((queue) => queue === name.trim());
    if (found === undefined) {
      throw holdoutError('USAGE', { message: `--queues: there is no queue ${name}; there are ${all.join(', ')}.` });
    }
    return found;
  });
}
