import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { submissionIds } from '../../../src/submission-user.ts';
import { field, listOf, resourcesOf, type Json, textOf } from '../installation.ts';
import { differences, unless, type Promised } from '../promise.ts';

const hostFolder = fileURLToPath(new URL('../../host/', import.meta.url));

const started: Promised = {
  name: 'an instance gives metadata for a token and one hop, and its disks are encrypted',
  faultsIn: (installation) => {
    const templates = resourcesOf(installation, 'AWS::EC2::LaunchTemplate');
    return [
      ...unless(templates.length === 1, `there are ${templates.length} launch templates`),
      ...templates.flatMap(({ properties }) => {
        const data = field(properties, 'LaunchTemplateData');
        const metadata = field(data, 'MetadataOptions');
        const disks = listOf(field(data, 'BlockDeviceMappings'));
        return [
          ...unless(field(metadata, 'HttpTokens') === 'required', 'metadata need no token'),
          ...unless(field(metadata, 'HttpPutResponseHopLimit') === 1, 'metadata reach more than one hop'),
          ...unless(disks.length > 0, 'the disk is not in the launch template'),
          ...unless(
            disks.every((disk) => field(disk, 'Ebs', 'Encrypted') === true),
            'a disk is not encrypted',
          ),
          ...unless(field(data, 'NetworkInterfaces') === undefined, 'the template has network interfaces of its own'),
          ...unless(field(data, 'KeyName') === undefined, 'somebody can log in with a key'),
        ];
      }),
      ...resourcesOf(installation, 'AWS::Batch::ComputeEnvironment')
        .filter(
          ({ properties }) =>
            field(properties, 'ComputeResources', 'LaunchTemplate', 'LaunchTemplateId') !== templates[0]?.id,
        )
        .map(({ id }) => `${id} does not use the launch template`),
    ];
  },
};

/** The files that user data write, by path, and the commands that they run. */
export function filesOf(userData: string): { files: Map<string, string>; commands: string } {
  const files = new Map<string, string>();
  const pattern = /^- path: (\S+)\n {2}permissions: '\d+'\n {2}encoding: gz\+b64\n {2}content: (\S+)$/gm;
  for (const [, path = '', content = ''] of userData.matchAll(pattern)) {
    files.set(path, gunzipSync(Buffer.from(content, 'base64')).toString('utf8'));
  }
  return { files, commands: userData.slice(userData.indexOf('\nruncmd:')) };
}

const prepared: Promised = {
  name: 'an instance gets the reaper, the accounting of GPUs and the rules against submissions before the agent starts',
  faultsIn: (installation) =>
    resourcesOf(installation, 'AWS::EC2::LaunchTemplate').flatMap(({ properties }) => {
      const data = textOf(field(properties, 'LaunchTemplateData', 'UserData'));
      const { files, commands } = filesOf(data);
      const own = readdirSync(hostFolder).map((name) => readFileSync(`${hostFolder}${name}`, 'utf8'));
      const rules = files.get('/opt/holdout/reject-submissions.sh') ?? '';
      const { firstUser, users, group } = submissionIds;
      return [
        ...unless(
          data.startsWith('MIME-Version: 1.0\nContent-Type: multipart/mixed;'),
          'Batch cannot merge the user data',
        ),
        ...differences('files of the host', [...files.values()].map(firstLines), own.map(firstLines)),
        ...unless(commands.includes('- [/opt/holdout/set-up.sh]'), 'nothing runs set-up.sh'),
        ...unless(rules.includes(`\nusers=${firstUser}-${firstUser + users - 1}\n`), 'the rules are for other users'),
        ...unless(rules.includes(`\ngroup=${group}\n`), 'the rules are for another group'),
        ...unless(
          /^Before=ecs\.service$/m.test(files.get('/etc/systemd/system/holdout-host.service') ?? ''),
          'the agent may start before the rules are in place',
        ),
      ];
    }),
};

/** Names a file by its beginning. */
const firstLines = (text: Json): string => textOf(text).slice(0, 80).replaceAll('\n', ' ');

export const hostPromises = [started, prepared];
