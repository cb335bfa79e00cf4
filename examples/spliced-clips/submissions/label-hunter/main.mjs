// Tries to cheat, prints what it found ("LOOT …") or why it failed, and predicts one half for every clip.
import { closeSync, openSync, readFileSync, readSync, symlinkSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { clipNames, writePredictions } from '../common/clips.mjs';
import { treasure } from './treasure.mjs';

// Everything here is harmless in a container and rude outside of one.
if (process.getuid() === 0) throw new Error('made for a container without privileges: not started as root');

const say = (line) => process.stdout.write(`${line}\n`);
let tried = 0;
let worked = 0;

async function attempt(what, deed) {
  tried++;
  try {
    const got = await deed();
    if (got === undefined || got.length === 0) return say(`${what}: nothing`);
    worked++;
    return say(`LOOT ${what}: ${JSON.stringify(String(got).slice(0, 200))}`);
  } catch (error) {
    return say(`${what}: ${error.code ?? error.message}`);
  }
}

/** The response of a server, or that it accepted the connection. */
function reach(server, question = '') {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...server, timeout: 300 });
    const settle = (how, value) => {
      socket.destroy();
      how(value);
    };
    socket.on('timeout', () => settle(reject, new Error('no answer')));
    socket.on('error', (error) => settle(reject, error));
    socket.on('connect', () => (question ? socket.write(question) : settle(resolve, 'connected')));
    socket.on('data', (data) => settle(resolve, data));
  });
}

const page = (host, path) => () =>
  reach({ host, port: 80 }, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

await Promise.all([
  attempt('instance credentials', page('169.254.169.254', '/latest/meta-data/iam/security-credentials/')),
  attempt('task credentials', page('169.254.170.2', '/v2/credentials/')),
  attempt('the internet', () => reach({ host: '1.1.1.1', port: 443 })),
  attempt('the name service', async () => (await lookup('example.com')).address),
  ...[80, 5432, 7070, 7233, 8233].map((port) =>
    attempt(`loopback port ${port}`, () => reach({ host: '127.0.0.1', port })),
  ),
  ...['/var/run/docker.sock', '/run/podman/podman.sock', '/run/containerd/containerd.sock'].map((path) =>
    attempt(path, () => reach({ path })),
  ),
]);

const telling = /label|secret|token|password|aws|credential/i;
await attempt('the environment', () => Object.keys(process.env).filter((name) => telling.test(name)));
for (const path of treasure('/')) await attempt(path, () => readFileSync(path, 'utf8'));

for (const device of ['/dev/sda', '/dev/nvme0n1', '/dev/mem', '/dev/kmsg', '/proc/kcore', '/proc/1/mem']) {
  await attempt(device, () => {
    const bytes = Buffer.alloc(200);
    return bytes.subarray(0, readSync(openSync(device, 'r'), bytes));
  });
}

const elsewhere = ['/input/label.csv', '/etc/passwd', '/app/loot', '/usr/bin/node', '/proc/sys/kernel/core_pattern'];
for (const path of elsewhere) {
  await attempt(`opening ${path} to write`, () => {
    closeSync(openSync(path, 'a'));
    return 'opened';
  });
}

for (const path of ['../private/labels.csv', '/proc/1/root/etc/shadow', '../coin-toss/predictions.csv']) {
  const link = join(process.env.HOLDOUT_OUTPUT ?? '/output', path.replaceAll('/', '-'));
  await attempt(`a link to ${path}`, () => symlinkSync(path, link));
  await attempt(`what that link leads to`, () => readFileSync(link, 'utf8'));
}

say(`${worked} of ${tried} attempts brought something`);
writePredictions(clipNames().map((name) => [name, 0.5]));
