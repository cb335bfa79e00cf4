import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';

/** What the target `runner` of docker/Dockerfile says, which is all that it may say. */
export interface RunnerStage {
  /** Debian packages, which are added to those of the base image. */
  packages: string[];
  /** Files by their path in another stage or image. */
  copies: { source: string; target: string }[];
  /** Commands that must succeed in the finished image. */
  checks: string[][];
  entryPoint: string[];
}

const install =
  /^apt-get update && apt-get install -y --no-install-recommends ([a-z0-9.+ -]+) && rm -rf \/var\/lib\/apt\/lists\/\*$/;

/** Reads that target. Throws if it has an instruction that the image of the tests would lack. */
export function readRunnerStage(): RunnerStage {
  const stage: RunnerStage = { packages: [], copies: [], checks: [], entryPoint: [] };
  for (const instruction of instructionsOf('runner')) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(instruction) ?? [];
    const copied = /^--from=\S+ (\S+) (\S+)$/.exec(rest);
    const installed = install.exec(rest);
    if (word === 'COPY' && copied) stage.copies.push({ source: copied[1] ?? '', target: copied[2] ?? '' });
    else if (word === 'RUN' && installed) stage.packages.push(...(installed[1] ?? '').trim().split(' '));
    else if (word === 'RUN' && rest.startsWith('[')) stage.checks.push(JSON.parse(rest) as string[]);
    else if (word === 'ENTRYPOINT') stage.entryPoint = JSON.parse(rest) as string[];
    else throw new Error(`the image of the tests does not know: ${instruction}`);
  }
  return stage;
}

/** The instructions of a stage after its FROM, each in one line. */
function instructionsOf(name: string): string[] {
  const text = readFileSync(join(projectRoot(), 'docker/Dockerfile'), 'utf8');
  const all = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter(Boolean);
  const begin = all.findIndex((line) => /^FROM debian:12\S* AS /.test(line) && line.endsWith(` AS ${name}`));
  if (begin < 0) throw new Error(`docker/Dockerfile has no stage ${name} from Debian 12`);
  const next = all.findIndex((line, n) => n > begin && line.startsWith('FROM '));
  return all.slice(begin + 1, next < 0 ? undefined : next);
}
