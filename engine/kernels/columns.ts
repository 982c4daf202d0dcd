import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";

const WORKGROUP_SIZE = 64; // as in columns.wgsl

export interface ColumnsBuffers {
  readonly x: GPUBuffer; // f32 [maxTokens, xColumns]
  readonly y: GPUBuffer; // f32 [maxTokens, yColumns]
}

/** Which columns go where. */
export interface CopiedColumns {
  readonly xColumns: number;
  readonly first: number;
  readonly count: number;
  readonly yColumns: number;
  readonly yFirst: number;
}

/** y[t, yFirst + i] = x[t, first + i], for i below `count` */
export async function compileColumns(
  device: GPUDevice,
  { xColumns, first, count, yColumns, yFirst }: CopiedColumns,
  { x, y }: ColumnsBuffers,
): Promise<Operation> {
  const constants = { X_COLUMNS: xColumns, X_FIRST: first, COUNT: count, Y_COLUMNS: yColumns, Y_FIRST: yFirst };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  const bindGroup = bindPlanes(device, pipeline, [x, y]);
  const groups = Math.ceil(count / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "columns", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
