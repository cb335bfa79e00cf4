import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf, policiesOf } from '../../../infra/checks/policies.ts';
import type { Installation } from '../../../infra/checks/installation.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { pythonProgram } from '../python.ts';

export const infraFolder = join(projectRoot(), 'infra');

/** Runs a program in `infra/` and returns what it printed; throws if it fails. */
function run(program: string, args: string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: infraFolder,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    ...options,
  });
  if (status === 0) return stdout;
  throw error ?? new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** Tests that need the CDK, which is installed if it is missing (264 MB, about a minute); skipped if it cannot be had. */
export function describeWithCdk(title: string, body: (this: Mocha.Suite) => void): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/infra.mjs', 'install'], {
    cwd: infraFolder,
    encoding: 'utf8',
  });
  if (status === 0) describe(title, body);
  else describe.skip(`${title} (the CDK cannot be installed: ${stderr.trim().split('\n')[0] ?? ''})`, body);
}

/** Synthesises the settings in a file of `infra/` in a network namespace of its own, without any network. */
export const synthesise = (settings: string, folder: string): string =>
  run('unshare', ['--net', process.execPath, '--import', 'tsx', 'app.ts'], {
    env: { PATH: process.env['PATH'], CDK_OUTDIR: folder, HOLDOUT_INFRA_SETTINGS: settings },
  });

/** Writes templates as a synthesis does. */
export function writeInstallation(installation: Installation, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [stack, template] of Object.entries(installation)) {
    writeFileSync(join(folder, `${stack}.template.json`), JSON.stringify(template));
  }
}

/** What cdk-nag finds in each of these folders of templates. */
export const nagFindings = (folders: readonly string[]): string[][] =>
  JSON.parse(run(process.execPath, ['--import', 'tsx', 'checks/nag.ts', ...folders])) as string[][];

interface PolicyFinding {
  policy: string;
  issue: string;
  detail: string;
}

/**
 * In the key's policy, the account's administrators have every action; parliament misses the aliases and stores, which are no
 * part of this key.
 */
const expected = ({ policy, issue, detail }: PolicyFinding): boolean =>
  policy.startsWith('key ') && issue === 'RESOURCE_MISMATCH' && detail.includes('kms:CreateCustomKeyStore');

/** What parliament finds in every policy of the templates. */
export function policyFindings(installation: Installation): string[] {
  const input = JSON.stringify(
    policiesOf(installation).map((policy) => ({
      name: `${policy.kind} ${policy.owner}`,
      document: documentOf(policy),
    })),
  );
  const findings = JSON.parse(
    run(pythonProgram('python'), ['checks/policy_findings.py'], { input }),
  ) as PolicyFinding[];
  return findings
    .filter((finding) => !expected(finding))
    .map(({ policy, issue, detail }) => `${policy}: ${issue} ${detail}`);
}

/** What cfn-lint finds in the templates of a folder, warnings aside. */
export function templateErrors(folder: string, stacks: readonly string[]): string {
  const files = stacks.map((stack) => join(folder, `${stack}.template.json`));
  const args = ['--non-zero-exit-code', 'error', '--ignore-checks', 'W', '--', ...files];
  const { stdout, stderr } = spawnSync(pythonProgram('cfn-lint'), args, { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}
