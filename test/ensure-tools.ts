import { openHome } from '../src/local/stack/home/home.ts';
import { closeShortPaths } from '../src/local/stack/home/short-paths.ts';
import { installPackages, missingPackages } from '../src/local/tools/debian-packages.ts';
import { openTools } from '../src/local/tools/open-tools.ts';

/** Besides what the product needs, the tests put a shell into their images. */
const testPrograms = { busybox: 'busybox-static' };

/** Finds or installs every program that the tests start. `scratch` is a folder for a temporary home. */
export async function ensureTools(scratch: string, report: (line: string) => void): Promise<void> {
  const home = openHome(scratch);
  await openTools({ home, report });
  closeShortPaths(home);
  const missing = missingPackages(testPrograms);
  if (missing.length > 0) await installPackages(missing, report);
}
