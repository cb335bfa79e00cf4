import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import { areas } from './controls.ts';

const inProject = (file: string): string => join(projectRoot(), file);

describe('the security drill', () => {
  for (const [area, controls] of Object.entries(areas)) {
    it(`finds every control of "${area}" once in the source, and its tests`, () => {
      assert.ok(controls.length > 0, 'the area has no controls');
      for (const { control, file, from, tests } of controls) {
        const times = readFileSync(inProject(file), 'utf8').split(from).length - 1;
        assert.equal(times, 1, `${control}: ${file} has this text ${times} times: ${from}`);
        for (const test of tests) assert.ok(existsSync(inProject(test)), `${control}: there is no ${test}`);
      }
    });
  }
});
