import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianPrograms } from './debian-programs.ts';
import { eventually } from './eventually.ts';
import { freePort } from './servers/free-port.ts';

/** The registry that Docker itself publishes, on loopback, with its images in a folder. */
export interface DockerRegistry {
  /** `127.0.0.1:<port>` */
  host: string;
  stop(): Promise<void>;
}

/** Throws `ProgramsUnavailable`. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const programs = debianPrograms('docker-registry', ['docker-registry']);
  const folder = mkdtempSync(join(tmpdir(), 'holdout-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const storage = { filesystem: { rootdirectory: join(folder, 'images') }, delete: { enabled: true } };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify({ version: 0.1, storage, http: { addr: host } }));
  const server = spawn(join(programs, 'usr/bin/docker-registry'), ['serve', join(folder, 'config.yml')], {
    stdio: 'ignore',
  });
  process.once('exit', () => server.kill('SIGKILL'));
  await eventually('the registry answers', async () => {
    if (server.exitCode !== null) throw new Error(`docker-registry ended with ${server.exitCode}`);
    return (await fetch(`http://${host}/v2/`)).ok;
  });
  return {
    host,
    stop: async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
