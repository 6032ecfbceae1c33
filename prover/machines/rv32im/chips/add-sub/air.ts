/** AddSub: add and sub. A subtraction is the addition a + c = b. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { carries, range, rType } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const ADD_SUB = chip({
  name: 'AddSub',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, isSub, a, b, c } = row;
    const one = air.constant(1);
    air.zero(isSub.mul(one.sub(real)), 'sub only on real rows');
    const operation = isSub.mul(OPERATIONS.SUB - OPERATIONS.ADD).add(OPERATIONS.ADD);
    rType(air, row, { real, operation, b, c, a });
    const names = ['low', 'high'] as const;
    for (const [i, carry] of carries(b, c, a).entries()) {
      air.zero(one.sub(isSub).mul(carry).mul(carry.sub(1)), `add: ${names[i]} carry is boolean`);
    }
    for (const [i, carry] of carries(a, c, b).entries()) {
      air.zero(isSub.mul(carry).mul(carry.sub(1)), `sub: ${names[i]} carry is boolean`);
    }
    range(air, real, a[0], 16, 'a low');
    range(air, real, a[1], 16, 'a high');
  },
});
