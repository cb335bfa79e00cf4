/** Changed workflows, as on a worker after an update: no history of a first run matches them. */
export { campaign } from './changed-workflows.ts';
export { canary, submission } from './changed-submissions.ts';
