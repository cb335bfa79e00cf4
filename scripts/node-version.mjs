// Refuses an old Node with a clear message, before newer syntax or a missing API fails.
export function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  process.stderr.write(
    `holdout: this is Node ${process.versions.node}; it needs Node 22.12 or later (recommended), or 20.19 or later: https://nodejs.org/\n`,
  );
  process.exit(1);
}
