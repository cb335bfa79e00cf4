import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';

describe('the output of a command', () => {
  const client = `"$1" --import tsx "$2" "$3"`;
  // More than a pipe holds, which is 64 KiB (pipe(7)).
  const long = 'x'.repeat(120_000);
  const inShell = (script: string) =>
    spawnSync('bash', ['-c', script, 'bash', process.execPath, join(projectRoot(), 'src/client.ts'), long], {
      cwd: projectRoot(),
      encoding: 'utf8',
    });

  // The reader begins when the pipe has long been full; on a machine on which it is not, this shows nothing.
  it('reaches a slow reader to its end', () => {
    const { stdout } = inShell(`${client} 2>&1 | (sleep 3; cat)`);
    assert.ok(stdout.includes(long), `${stdout.length} characters`);
    assert.match(stdout, /--help/);
  });

  it('ends without a stack trace when its reader has gone', () => {
    const { stdout, stderr } = inShell(`{ ${client} 2>&1; echo "status \${PIPESTATUS[0]}" >&2; } | true`);
    assert.equal(stdout, '');
    assert.equal(stderr, 'status 141\n');
  });
});
