import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { printed } from "../testing/outcome.ts";
import { clone } from "./clone.ts";

const program = fileURLToPath(new URL("../testing/attempt.ts", import.meta.url));

test("where user.max_user_namespaces is 0, the error says so", async () => {
  const script = `
    echo 0 > /proc/sys/user/max_user_namespaces
    exec "${process.execPath}" --conditions=source --import tsx ${program} '{"namespaces":["user"]}'`;
  const answer = await printed(clone(["sh", "-c", script], { namespaces: ["user"] }));
  expect(JSON.parse(answer)).toMatchObject({
    name: "NamespaceError",
    code: "X_NAMESPACE_USER_OFF",
    message: expect.stringContaining("user.max_user_namespaces is 0"),
  });
});
