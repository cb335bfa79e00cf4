import { chmod, writeFile } from 'node:fs/promises';

/** A container's /etc/hosts: it has no network, and "submission" is its host name. */
const hosts = '127.0.0.1 localhost submission\n::1 localhost\n';

export async function writeHostsFile(file: string): Promise<void> {
  await writeFile(file, hosts);
  // Readable for the submission's user, whatever the umask.
  await chmod(file, 0o644);
}
