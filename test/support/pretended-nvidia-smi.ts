import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Replaces nvidia-smi, which exists only with a driver, by a script that is first on the PATH of this process.
 * `sampling` runs for the loop of readings, `accounts` for the list of accounted processes.
 */
export class PretendedNvidiaSmi {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-nvidia-'));
  private readonly path = process.env['PATH'];

  constructor() {
    process.env['PATH'] = `${this.folder}:${this.path}`;
  }

  does(sampling: string, accounts = 'exit 0'): void {
    const script = `#!/bin/sh\ncd ${this.folder}\ncase "$*" in\n*accounted*)\n${accounts}\n;;\n*)\n${sampling}\n;;\nesac\n`;
    writeFileSync(join(this.folder, 'nvidia-smi'), script, { mode: 0o755 });
  }

  remove(): void {
    process.env['PATH'] = this.path;
    rmSync(this.folder, { recursive: true });
  }
}
