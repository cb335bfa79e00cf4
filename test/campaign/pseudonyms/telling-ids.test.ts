import assert from 'node:assert/strict';
import { tellingIds } from '../../../src/campaign/pseudonyms/telling-ids.ts';

describe('ids that tell who is behind a pseudonym', () => {
  const told = (teamName: string, team: string, submission: string): number =>
    tellingIds([{ teamName, team, submission }]);

  it('have the name of the team or a long word of it, in any spelling', () => {
    assert.equal(told('Motion Lab', 'motion-lab', 's-1'), 1);
    assert.equal(told('Motion Lab', 't-1', 'motionlab_final'), 1);
    assert.equal(told('The Laptops', 't-1', 'LAPTOPS.v2'), 1);
    assert.equal(told('Équipe Zoé', 't-1', 'equipe-2'), 1);
    assert.equal(told('Ñandú', 'nandu', 's-1'), 1);
  });

  it('are not neutral ones, nor ones that share a short word', () => {
    assert.equal(told('Motion Lab', 't-17', 's-0417'), 0);
    assert.equal(told('The Lab', 'the-17', 'lab-1'), 0);
    assert.equal(told('Team Rocket', 'team-17', 'team-17.final'), 0);
    assert.equal(told('', 't-17', 's-0417'), 0);
  });

  it('are counted by submission', () => {
    const row = { teamName: 'Owls of the Night', team: 'night', submission: 's-1' };
    assert.equal(tellingIds([row, { ...row, submission: 's-2' }, { ...row, team: 't-1' }]), 2);
  });
});
