import { execFileSync } from 'node:child_process';

/** Writes an authority of its own (`ca.pem`) and a certificate for a host (`host.pem`, `host.key`) into a folder. */
export function makeCertificates(folder: string, host: string): void {
  const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
  const openssl = (...args: string[]): Buffer =>
    execFileSync('openssl', ['req', ...options.split(' '), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  openssl('-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test');
  const names = ['-addext', `subjectAltName=DNS:${host}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  openssl(
    '-keyout',
    'host.key',
    '-out',
    'host.pem',
    '-subj',
    '/CN=host',
    ...names,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
  );
}
