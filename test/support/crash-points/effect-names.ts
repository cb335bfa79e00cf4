/** What a program asks of the world, as its process shows it. */
export type Request =
  | { kind: 'http'; method: string; path: string }
  | { kind: 'grpc'; path: string }
  | { kind: 'rename'; from: string }
  | { kind: 'program'; program: string; args: readonly string[] };

/** Operations of Batch that change something; a bulk call is the same effect as a single one. */
const ofBatch: Record<string, string> = {
  submitjob: 'submit-job',
  terminatejob: 'terminate-job',
  terminatejobs: 'terminate-job',
  canceljob: 'cancel-job',
  registerjobdefinition: 'register-job-definition',
};

/** Calls to Temporal that only look. Whatever else a client of Temporal calls is an effect. */
const looks = /^(?:Get|List|Describe|Count|Query|Poll|Scan)|^Check$/;

/** Commands of a container engine that change something. */
const ofEngine: Record<string, string> = {
  create: 'create-container',
  start: 'run-container',
  rm: 'remove-container',
  load: 'load-image',
  pull: 'pull-image',
  import: 'import-image',
  tag: 'tag-image',
  rmi: 'untag-image',
};

/** Programs that change what the host has mounted. */
const ofHost: Record<string, string> = { mount: 'mount', umount: 'unmount' };

/** The name of the effect of a request; undefined if it only looks. */
export function effectOf(request: Request): string | undefined {
  switch (request.kind) {
    case 'http':
      return effectOfHttp(request);
    case 'grpc': {
      const call = request.path.slice(request.path.lastIndexOf('/') + 1);
      return looks.test(call) ? undefined : kebab(call.replace('WorkflowExecution', ''));
    }
    case 'rename':
      return /\/\.incoming-[^/]+$/.test(request.from) ? 'store-image' : undefined;
    case 'program':
      return effectOfProgram(request);
  }
}

function effectOfHttp({ method, path }: { method: string; path: string }): string | undefined {
  const [place = ''] = path.split('?');
  const batch = /^\/v1\/(\w+)$/.exec(place)?.[1];
  if (batch !== undefined) return ofBatch[batch];
  if (!['PUT', 'POST', 'DELETE'].includes(method)) return undefined;
  const [bucket = '', campaign = '', ...rest] = place.slice(1).split('/');
  // In the runs bucket the last part of a key says what it is; in the results bucket the part after the campaign.
  const part = bucket.endsWith('holdout-runs') ? rest.at(-1) : campaign.startsWith('.') ? campaign.slice(1) : rest[0];
  return `${method === 'DELETE' ? 'delete' : 'write'}-${(part ?? 'object').replace(/\.\w+$/, '')}`;
}

function effectOfProgram({ program, args }: { program: string; args: readonly string[] }): string | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'skopeo') return args.includes('copy') ? 'copy-image' : undefined;
  if (name in ofHost) return ofHost[name];
  if (name !== 'podman' && name !== 'docker') return undefined;
  const verb = args.find((arg) => !arg.startsWith('-') && arg in ofEngine);
  return verb === undefined ? undefined : ofEngine[verb];
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
