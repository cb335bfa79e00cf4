import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlCheck } from '../../campaign/model/canaries/canary.ts';
import { HoldoutError } from '../../errors.ts';
import { missing, note, ok, type Requirement } from '../../requirement.ts';
import { runCommand } from '../../run-command.ts';
import { tryIsolation } from '../../runner/isolation/check-isolation.ts';
import { openIdentity } from '../stack/home/home-identity.ts';
import { openHome } from '../stack/home/home.ts';
import { closeShortPaths, shortPathsOf } from '../stack/home/short-paths.ts';
import { ToolCache } from '../tools/cache.ts';
import { installCommand } from '../tools/debian-packages.ts';
import { findEngine, which } from '../tools/find-engine.ts';
import { enginePackages, unsupportedBecause } from '../tools/open-engine.ts';
import { settleEngine } from '../tools/smoke-run.ts';

const what = 'container engine';

/**
 * Checks the container engine: runs a tiny container, unless this is known to work on this host, and tries every control of the
 * isolation. Says what this user or this machine cannot try.
 */
export async function engineRequirement(): Promise<Requirement[]> {
  const name = await findEngine();
  if (name === undefined) return [missing(what, 'neither a Docker daemon nor podman', installCommand(enginePackages))];
  if (unsupportedBecause() !== undefined) {
    const why = 'not tried: only root can run submissions';
    return [note(what, `${which(name)}, ${why}`), note('isolation', why)];
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdout-doctor-'));
  const home = openHome(folder);
  try {
    const engine = await settleEngine(name, home, new ToolCache(), () => undefined);
    const { stdout } = await runCommand(name, ['--version']);
    const flags = engine.runFlags.slice(1).join(' ') || 'its defaults';
    const { scratch } = shortPathsOf(openIdentity(home));
    const settings = { jobId: randomUUID(), scratch, engine };
    return [
      ok(what, `${stdout.trim()}, ${which(name)}, runs containers with ${flags}`),
      ...(await tryIsolation(settings, new AbortController().signal)).map(controlLine),
      note('isolation: device', 'not tried here: the canary of a class tries its GPUs and their measurement'),
    ];
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    return [missing(what, error.message, error.next)];
  } finally {
    closeShortPaths(home);
    rmSync(folder, { recursive: true, force: true });
  }
}

function controlLine({ control, holds, found }: ControlCheck): Requirement {
  const name = `isolation: ${control}`;
  return holds
    ? ok(name, `holds: ${found}`)
    : missing(name, `broken: ${found}`, 'docs/isolation.md; no submission runs until it holds');
}
