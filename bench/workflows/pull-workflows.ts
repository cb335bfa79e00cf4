/** Copies the image of one submission, with the activity options of the submission workflow. */
import type { PulledImage } from '../../src/activities/pull-image.ts';
import type { Timings } from '../../src/timings.ts';
import { imageActivities } from '../../src/workflows/activity-proxies.ts';

export const pull = (input: { campaign: string; submission: string }, timings: Timings): Promise<PulledImage> =>
  imageActivities('image', timings).pullImage(input);
