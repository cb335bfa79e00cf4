import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '../run-command.ts';
import { ecrHostOf, hostOf, type EcrHost } from './ecr-host.ts';
import { EcrLogins } from './ecr-logins.ts';
import { registryFailure, withoutSignatures } from './registry-errors.ts';

/** Milliseconds before each repetition of a command that failed for a reason that passes. */
const pauses = [1_000, 4_000];

const loginsOfProcess = new EcrLogins();

interface RegistryCommand {
  /** A reference with the registry's host. */
  reference: string;
  /** For the login's file, which exists only while the command runs. Submissions must not see it. */
  folder: string;
  /** Runs the command, with these variables beside those of the process. */
  run: (env: NodeJS.ProcessEnv) => Promise<CommandResult>;
  stop?: AbortSignal;
  logins?: EcrLogins;
}

/**
 * Runs a command that talks to a registry (skopeo or docker) until it succeeds or fails for good. ECR gets a login of this
 * process; one that has expired is replaced once. Passing failures are repeated: what precedes a copy is expensive. Throws
 * REGISTRY_LOGIN_FAILED.
 */
export async function atRegistry(command: RegistryCommand): Promise<CommandResult> {
  for (const pause of pauses) {
    const result = await runLoggedIn(command);
    if (result.status === 0 || registryFailure(result.stderr) !== 'passing') return result;
    await sleep(pause, undefined, { signal: command.stop });
  }
  return runLoggedIn(command);
}

async function runLoggedIn({
  reference,
  folder,
  run,
  logins = loginsOfProcess,
}: RegistryCommand): Promise<CommandResult> {
  const host = ecrHostOf(hostOf(reference) ?? '');
  if (host === undefined) return readable(await run({}));
  const login = await logins.for(host);
  const result = await runWithFile(host, login, { folder, run });
  if (result.status === 0 || !mayBeLogin(result.stderr)) return result;
  const renewed = await logins.for(host, login);
  return runWithFile(host, renewed, { folder, run });
}

/** A login may also end early, for instance with the session that got it; ECR then answers as if it were wrong. */
const mayBeLogin = (message: string): boolean =>
  registryFailure(message) === 'login-expired' || /\bunauthorized\b|no basic auth credentials|40[13] /i.test(message);

/** skopeo and podman read REGISTRY_AUTH_FILE, docker reads config.json in DOCKER_CONFIG; the format is the same. */
async function runWithFile(
  { host }: EcrHost,
  auth: string,
  { folder, run }: Pick<RegistryCommand, 'folder' | 'run'>,
): Promise<CommandResult> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, 'registry-login-'));
  try {
    const file = join(own, 'config.json');
    await writeFile(file, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600, flag: 'wx' });
    return readable(await run({ REGISTRY_AUTH_FILE: file, DOCKER_CONFIG: own }));
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

const readable = (result: CommandResult): CommandResult => ({ ...result, stderr: withoutSignatures(result.stderr) });
