/** An element of F = F_p[X]/(X^5 + X^2 - 1) as plain data: five canonical base elements, low degree first. */
export type ExtValue = readonly [number, number, number, number, number];
