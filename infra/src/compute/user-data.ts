import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The files of `infra/host` on an instance: where each goes and whether it is a program. */
const hostFiles: readonly { name: string; path: string; permissions: string }[] = [
  { name: 'set-up.sh', path: '/opt/holdout/set-up.sh', permissions: '0755' },
  { name: 'reject-submissions.sh', path: '/opt/holdout/reject-submissions.sh', permissions: '0755' },
  { name: 'account-gpu.sh', path: '/opt/holdout/account-gpu.sh', permissions: '0755' },
  { name: 'reaper.sh', path: '/opt/holdout/reaper.sh', permissions: '0755' },
  { name: 'free-disk.sh', path: '/opt/holdout/free-disk.sh', permissions: '0755' },
  { name: 'holdout-host.service', path: '/etc/systemd/system/holdout-host.service', permissions: '0644' },
  { name: 'holdout-reaper.service', path: '/etc/systemd/system/holdout-reaper.service', permissions: '0644' },
  { name: 'holdout-reaper.timer', path: '/etc/systemd/system/holdout-reaper.timer', permissions: '0644' },
];

const folder = fileURLToPath(new URL('../../host/', import.meta.url));

/** EC2's limit, in bytes before base64; Batch adds a few hundred bytes of its own. */
const userDataLimit = 16 * 1024 - 1024;

/**
 * User data that writes the host's files and runs `set-up.sh` before the ECS agent starts. Batch merges it with its own and
 * takes only a MIME archive. Throws if it is too long for EC2.
 */
export function userData(): string {
  const files = hostFiles.flatMap(({ name, path, permissions }) => [
    `- path: ${path}`,
    `  permissions: '${permissions}'`,
    '  encoding: gz+b64',
    `  content: ${packed(readFileSync(`${folder}${name}`))}`,
  ]);
  const config = ['#cloud-config', 'write_files:', ...files, 'runcmd:', '- [/opt/holdout/set-up.sh]'];
  const text = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="==HOLDOUT=="',
    '',
    '--==HOLDOUT==',
    'Content-Type: text/cloud-config; charset="us-ascii"',
    '',
    ...config,
    '',
    '--==HOLDOUT==--',
    '',
  ].join('\n');
  if (text.length > userDataLimit) throw new RangeError(`the user data has ${text.length} bytes, EC2 takes fewer`);
  return text;
}

/** The same bytes for the same file, so that a new build does not replace instances: no time in the header. */
const packed = (content: Buffer): string => gzipSync(content, { level: 9 }).toString('base64');
