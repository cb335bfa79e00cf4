import type { Caller } from '../../cloud-checks/caller.ts';
import { checkImageStore, scanOnPush } from '../../cloud-checks/image-store.ts';
import { note, type Requirement } from '../../requirement.ts';
import type { Settings } from '../../settings.ts';
import { attemptIfAllowed } from './attempt.ts';

/** The image store and its scan. Commands need none, the workers of the queue `images` do. */
export async function checkStore(settings: Settings, caller: Caller): Promise<Requirement[]> {
  const { imageStore, imageScan } = settings;
  if (imageStore === '') {
    return [note('image store', 'not checked: HOLDOUT_IMAGE_STORE is not set here; the workers need it')];
  }
  const reachable = await attemptIfAllowed('image store', async () => {
    await checkImageStore(imageStore, caller);
    return imageStore;
  });
  if (reachable.state !== 'ok') return [reachable];
  const scan = await attemptIfAllowed('scan of images', async () => {
    const isOn = await scanOnPush(imageStore, caller);
    if (isOn === undefined) return note('scan of images', 'the store is not ECR; its scan is not known');
    if (isOn) return `on push; HOLDOUT_IMAGE_SCAN=${imageScan}`;
    return note('scan of images', `the repository does not scan on push; HOLDOUT_IMAGE_SCAN is ${imageScan}`);
  });
  return [reachable, scan];
}
