// Says plainly what is wrong before a newer syntax or API does so in its own way.
export function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  process.stderr.write(
    `holdout: this is Node ${process.versions.node}; it needs Node 22.12 or later (recommended), or 20.19 or later: https://nodejs.org/\n`,
  );
  process.exit(1);
}
