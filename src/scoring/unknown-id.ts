import { quoted } from '../safe-text.ts';

/** The message for an unknown id, with the input that was probably intended. Reads all inputs. */
export function unknownId(id: string, inputs: ReadonlySet<string>): string {
  const fault = `${quoted(id)} is not an input`;
  if (id.includes('\uFFFD')) return `${fault}; the file is not UTF-8: save it as UTF-8`;
  const intended = id === '' ? undefined : intendedInput(id, inputs);
  return intended === undefined ? fault : `${fault}; did you mean ${quoted(intended)}?`;
}

/** The only input that differs from the id in a leading folder, the extension or case. */
function intendedInput(id: string, inputs: ReadonlySet<string>): string | undefined {
  const path = id.replaceAll('\\', '/');
  for (let at = 0; at >= 0; at = path.indexOf('/', at) + 1 || -1) {
    const name = path.slice(at);
    if (inputs.has(name)) return name;
  }
  const stem = stemOf(path);
  const similar = [...inputs].filter((input) => stemOf(input) === stem);
  return similar.length === 1 ? similar[0] : undefined;
}

const stemOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/(?<=.)\.[^./]{0,8}$/, '');
