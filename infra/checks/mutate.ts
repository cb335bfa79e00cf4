import { field, type Installation, type Json, type Properties, type Resource } from './installation.ts';

/** A copy of an installation to change. */
export class Mutant {
  readonly installation: Installation;

  constructor(original: Installation) {
    this.installation = structuredClone(original);
  }

  add(stack: string, id: string, Type: string, Properties: Properties = {}): void {
    this.templateOf(stack).Resources[id] = { Type, Properties };
  }

  /** The first resource of a type whose text contains `mark`. Throws if there is none: a mutation that changes nothing proves nothing. */
  find(type: string, mark = ''): Resource & { Properties: Properties } {
    for (const { Resources } of Object.values(this.installation)) {
      for (const [id, resource] of Object.entries(Resources)) {
        if (resource.Type !== type || !`${id} ${JSON.stringify(resource)}`.includes(mark)) continue;
        resource.Properties ??= {};
        return resource as Resource & { Properties: Properties };
      }
    }
    throw new Error(`there is no ${type} with ${mark}`);
  }

  remove(type: string, mark = ''): void {
    const found = this.find(type, mark);
    for (const { Resources } of Object.values(this.installation)) {
      for (const [id, resource] of Object.entries(Resources)) if (resource === found) delete Resources[id];
    }
  }

  /** The statements of a policy; `path` leads to its document. */
  statements(type: string, mark: string, ...path: string[]): Properties[] {
    const document = field(this.find(type, mark).Properties, ...path, 'Statement');
    if (!Array.isArray(document)) throw new Error(`${type} ${mark} has no statements`);
    return document as Properties[];
  }

  /** The statements of a role's policy. */
  role(id: string): Properties[] {
    return this.statements('AWS::IAM::Policy', `${id}DefaultPolicy`, 'PolicyDocument');
  }

  private templateOf(stack: string): Installation[string] {
    const template = this.installation[stack];
    if (template === undefined) throw new Error(`there is no stack ${stack}`);
    return template;
  }
}

/** Sets a field by its path. */
export function set(target: Json | undefined, path: readonly (string | number)[], value: Json): void {
  const [last] = path.slice(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], target);
  if (last === undefined || parent === null || typeof parent !== 'object')
    throw new Error(`no field ${path.join('.')}`);
  (parent as Record<string | number, unknown>)[last] = value;
}

/** Removes the first statement that contains `mark`. */
export function removeStatement(statements: Properties[], mark: string): void {
  statements.splice(indexOf(statements, mark), 1);
}

export function statementWith(statements: Properties[], mark: string): Properties {
  return statements[indexOf(statements, mark)] as Properties;
}

function indexOf(statements: Properties[], mark: string): number {
  const index = statements.findIndex((statement) => JSON.stringify(statement).includes(mark));
  if (index < 0) throw new Error(`no statement has ${mark}`);
  return index;
}
