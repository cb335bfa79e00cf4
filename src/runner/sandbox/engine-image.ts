import { setTimeout as sleep } from 'node:timers/promises';
import { holdoutError } from '../../errors.ts';
import { run } from './command.ts';

/** An image in the engine's storage. */
export interface EngineImage {
  id: string;
  /** Size when unpacked. */
  bytes: number;
  environment: string[];
  workingDirectory: string;
  /** ENTRYPOINT and CMD. */
  entryPoint: string[];
  command: string[];
  /** Mount points that the image declares. */
  volumes: string[];
  /** diff_ids of its layers, lowest first. */
  layers: string[];
}

interface ImageRecord {
  Id: string;
  Size: number;
  Config: {
    Env?: string[] | null;
    WorkingDir?: string;
    Entrypoint?: string[] | null;
    Cmd?: string[] | null;
    Volumes?: Record<string, object> | null;
  };
  RootFS: { Layers?: string[] };
}

/** How podman 3 to 5 and docker 20 to 28 say that there is no image of this name. */
const saysAbsent = (name: string, words: string): boolean =>
  /no such image/i.test(words) || words.includes(`${name}: image not known`);

const attempts = 8;

/**
 * The image of this name; undefined if there is none. Podman reads all its images to show one, and fails while another process
 * removes any of them (podman 4.3.1: 7 of 240 calls beside three such processes), so a failure is tried again.
 * Throws COMMAND_FAILED with the engine's words if it stays.
 */
export async function findEngineImage(engine: readonly string[], name: string): Promise<EngineImage | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const { status, stdout, stderr } = await run([...engine, 'image', 'inspect', name]);
    if (status === 0) return imageOf(stdout);
    if (saysAbsent(name, stderr)) return undefined;
    if (attempt === attempts)
      throw holdoutError('COMMAND_FAILED', { command: `${engine[0]} image inspect`, cause: stderr });
    await sleep(50 * attempt);
  }
}

function imageOf(stdout: string): EngineImage {
  const [{ Id, Size, Config, RootFS }] = JSON.parse(stdout) as [ImageRecord];
  return {
    id: Id,
    bytes: Size,
    environment: Config.Env ?? [],
    workingDirectory: Config.WorkingDir ?? '',
    entryPoint: Config.Entrypoint ?? [],
    command: Config.Cmd ?? [],
    volumes: Object.keys(Config.Volumes ?? {}),
    layers: RootFS.Layers ?? [],
  };
}
