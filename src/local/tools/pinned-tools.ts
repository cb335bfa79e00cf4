/** A program that Holdout installs: where it comes from and how to verify it. */
export interface Tool {
  name: string;
  version: string;
  what: string;
  /** Download attempts in this order, before a build from source. */
  archives: {
    /** A gzipped tar that contains the program under its name. */
    url: string;
    /** Of the archive, in hex. In here and not from where the archive comes from, whose owner could change both. */
    sha256: string;
  }[];
  goPackage: string;
  /** How long the build takes on two cores, for the progress line. */
  buildTakes: string;
  /** Must match the output of `<program> --version`. */
  proof: RegExp;
}

const temporalArchive = 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d';

/** Newer versions cannot be installed with `go install`: their go.mod has a replace directive. */
export const temporal: Tool = {
  name: 'temporal',
  version: '1.5.1',
  what: 'Temporal server',
  archives: [
    {
      url: 'https://github.com/temporalio/cli/releases/download/v1.5.1/temporal_cli_1.5.1_linux_amd64.tar.gz',
      sha256: temporalArchive,
    },
    { url: 'https://temporal.download/cli/archive/v1.5.1?platform=linux&arch=amd64', sha256: temporalArchive },
  ],
  goPackage: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
  buildTakes: 'about 5 minutes',
  // A build with `go install` reports version 0.0.0-DEV; the server inside is what matters.
  proof: /Server 1\.29\.1\b/,
};

/** The version of the server inside the Temporal CLI; no other version can open its database. */
export const temporalServerVersion = '1.29.1';

export const versitygw: Tool = {
  name: 'versitygw',
  version: '1.8.0',
  what: 'S3 server',
  archives: [
    {
      url: 'https://github.com/versity/versitygw/releases/download/v1.8.0/versitygw_v1.8.0_Linux_x86_64.tar.gz',
      sha256: '2ba2c734d10d2c4e651d03182cb4b246656bc735a2f282db7b0b73fba6073467',
    },
  ],
  goPackage: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  buildTakes: '2 to 3 minutes',
  // A build with `go install` has no version and reports "git".
  proof: /^Version\s*:\s*(v?1\.8\.0|git)\s*$/m,
};
