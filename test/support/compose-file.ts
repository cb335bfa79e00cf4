/** docker-compose.yml and its overlays as Compose reads them, with merge keys and variables resolved. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';

export interface Service {
  image: string;
  build?: { dockerfile: string; target: string };
  restart?: string;
  user?: string;
  network_mode?: string;
  privileged?: boolean;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: (string | { type: string; source: string; target: string; bind?: { propagation?: string } })[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  command?: string[];
}

export interface ComposeFile {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

interface MadeEnvironment {
  /** The content of .env. */
  variables: Record<string, string>;
  printed: string;
  /** The permission bits of the folders that it makes. */
  modes: Record<string, number>;
}

/** Runs docker/make-env.sh several times in a separate folder; returns what there is after each run. */
export function runMakeEnvironment(times: number): MadeEnvironment[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-compose-'));
  try {
    mkdirSync(join(folder, 'docker'));
    for (const file of ['.env.example', 'docker/make-env.sh']) cpSync(file, join(folder, file));
    return Array.from({ length: times }, () => {
      const { stderr: printed } = spawnSync('sh', [join(folder, 'docker/make-env.sh')], { encoding: 'utf8' });
      const made = join(folder, '.holdout/compose');
      const modes = readdirSync(made).map((name) => [name, statSync(join(made, name)).mode & 0o777]);
      const variables = parseEnv(readFileSync(join(folder, '.env'), 'utf8')) as Record<string, string>;
      return { variables, printed, modes: Object.fromEntries(modes) as Record<string, number> };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const makeEnvironments = (times: number): Record<string, string>[] =>
  runMakeEnvironment(times).map(({ variables }) => variables);

export const makeEnvironment = (): Record<string, string> => makeEnvironments(1)[0] ?? {};

/** A Compose file with its variables replaced; throws for a required one without a value. */
export function readComposeFile(file: string, variables: Record<string, string>): ComposeFile {
  const text = readFileSync(file, 'utf8').replaceAll(/^\s*#.*$/gm, '');
  return parse(interpolate(text, variables), { merge: true }) as ComposeFile;
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
export const variablesIn = (text: string): RegExpMatchArray[] => [...text.matchAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g)];

function interpolate(text: string, variables: Record<string, string>): string {
  let result = text;
  for (const [whole, name = '', kind, rest = ''] of variablesIn(text)) {
    const value = variables[name];
    if (!value && kind === '?') throw new Error(`required variable ${name}: ${rest}`);
    result = result.replace(whole, () => value || (kind === '-' ? rest : ''));
  }
  return result;
}
