import { Rig } from './endpoint-rig.ts';

/** A rig that runs while the suite does. */
export function running(changes: ConstructorParameters<typeof Rig>[0]): Rig {
  const rig = new Rig(changes);
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());
  return rig;
}
