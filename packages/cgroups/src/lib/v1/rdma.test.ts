import { expect, test } from "vitest";
import { rdma } from "./rdma.ts";
import { filesOf, lines } from "./testing/context.ts";

test("rdma of v1 limits handles and objects by device", () => {
  const limits = {
    mlx4_0: { hcaHandles: 2, hcaObjects: "max" },
    ocrdma1: { hcaHandles: 3 },
  } as const;
  expect(lines(rdma, { rdma: limits })).toEqual([
    "rdma.max=mlx4_0 hca_handle=2 hca_object=max",
    "rdma.max=ocrdma1 hca_handle=3",
  ]);
  const text = "mlx4_0 hca_handle=2 hca_object=max\nocrdma1 hca_handle=3";
  expect(rdma.limits!(filesOf({ "rdma.max": text }))).toEqual({ rdma: limits });
});

test("rdma of v1 counts them", () => {
  const files = { "rdma.current": "mlx4_0 hca_handle=1 hca_object=20" };
  expect(rdma.stat!.rdma!(filesOf(files))).toEqual({ mlx4_0: { hcaHandle: 1, hcaObject: 20 } });
});
