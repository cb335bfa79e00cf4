import { clientException } from '../aws-error.ts';
import { paginate } from '../pagination.ts';
import {
  deregisterJobDefinitionRequest,
  describeJobDefinitionsRequest,
  registerJobDefinitionRequest,
} from '../requests/definition-requests.ts';
import { parseRequest } from '../requests/parse.ts';
import type { Operation, OperationParts } from './operation.ts';

export function definitionOperations(parts: Pick<OperationParts, 'definitions' | 'arns'>): Record<string, Operation> {
  const { definitions } = parts;
  return {
    registerjobdefinition: (body) => {
      const { detail } = definitions.register(parseRequest(registerJobDefinitionRequest, body));
      const { jobDefinitionName, jobDefinitionArn, revision } = detail;
      return { jobDefinitionName, jobDefinitionArn, revision };
    },
    deregisterjobdefinition: (body) => {
      const { jobDefinition } = parseRequest(deregisterJobDefinitionRequest, body);
      const found = definitions.find(jobDefinition);
      if (found === undefined) throw clientException(`JobDefinition ${jobDefinition} not found.`, 404);
      definitions.deregister(found);
      return {};
    },
    describejobdefinitions: (body) => describeDefinitions(parts, body),
  };
}

/** Newest first, 100 per page; active and inactive ones unless a status is given. */
function describeDefinitions({ definitions, arns }: Pick<OperationParts, 'definitions' | 'arns'>, body: unknown) {
  const request = parseRequest(describeJobDefinitionsRequest, body);
  const wanted = request.jobDefinitions?.map((reference) => arns.nameIn('job-definition', reference));
  const found = definitions.newestFirst().filter(({ detail }) => {
    if (wanted !== undefined) return wanted.includes(`${detail.jobDefinitionName}:${detail.revision}`);
    if (request.status !== undefined && request.status !== detail.status) return false;
    return request.jobDefinitionName === undefined || request.jobDefinitionName === detail.jobDefinitionName;
  });
  const page = { ...request, of: 'jobDefinitions' };
  const { items, ...next } = paginate(found, ({ sequence }) => -sequence, page, 100);
  return { jobDefinitions: items.map(({ detail }) => detail), ...next };
}
