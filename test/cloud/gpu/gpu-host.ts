import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../src/local/project-root.ts';
import { DockerHost } from '../../support/docker-host.ts';

const here = (name: string): string => join(projectRoot(), 'test/cloud/gpu', name);

/**
 * A host with a real dockerd and one pretended GPU. Docker finds the hook of NVIDIA's runtime on its PATH and carries out
 * `--gpus` as on a host with a driver; the hook mounts the pretended driver. Everything else is real.
 */
export class GpuHost {
  private constructor(
    readonly host: DockerHost,
    /** As the ECS agent assigns it. */
    readonly uuid: string,
    private readonly folder: string,
    private readonly daemon: Server,
  ) {}

  static async start(uuid: string, memoryMiB: number): Promise<GpuHost> {
    const folder = mkdtempSync(join(tmpdir(), 'holdout-gpu-'));
    chmodSync(folder, 0o755);
    installDriver(folder);
    const gpu = join(folder, 'gpu');
    for (const name of [gpu, join(gpu, 'used'), join(gpu, 'locks')]) {
      mkdirSync(name);
      // A submission's user keeps the books of what it takes.
      chmodSync(name, 0o777);
    }
    writeFileSync(join(gpu, 'uuid'), `${uuid}\n`);
    writeFileSync(join(gpu, 'mib'), `${memoryMiB}\n`);
    const daemon = createServer().listen(join(folder, 'persistenced.socket'));
    await once(daemon, 'listening');
    return new GpuHost(await DockerHost.start({ path: join(folder, 'bin') }), uuid, folder, daemon);
  }

  async stop(): Promise<void> {
    await this.host.stop();
    this.daemon.close();
    rmSync(this.folder, { recursive: true });
  }
}

function installDriver(folder: string): void {
  const source = join(projectRoot(), 'test/support/pretended-cuda.c');
  const library = join(folder, 'libcuda.so.1');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-Wl,-soname,libcuda.so.1', '-o', library, source]);
  copyFileSync(here('nvidia-smi.sh'), join(folder, 'nvidia-smi'));
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  mkdirSync(join(folder, 'bin'));
  const hook = `#!/bin/sh\nexec '${process.execPath}' '${here('container-hook.mjs')}' '${folder}'\n`;
  writeFileSync(join(folder, 'bin/nvidia-container-runtime-hook'), hook, { mode: 0o755 });
}
