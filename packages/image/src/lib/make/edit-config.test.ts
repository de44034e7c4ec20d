import { expect, test } from "vitest";
import type { ImageConfig } from "../spec/types.ts";
import { editConfig, newConfig } from "./edit-config.ts";
import { parseChanges } from "./parse-changes.ts";

const base: ImageConfig = {
  architecture: "amd64",
  os: "linux",
  config: {
    Env: ["PATH=/bin", "OLD=1"],
    Cmd: ["sh"],
    WorkingDir: "/srv",
    Labels: { b: "2" },
    ExposedPorts: { "80/tcp": {} },
  },
  rootfs: { type: "layers", diff_ids: [] },
};
const edited = (...lines: string[]) => editConfig(base, parseChanges(lines)).config;

test("what the edits do not name stays, also what nobody here knows", () => {
  const strange = { ...base, config: { ...base.config, Healthcheck: { Test: ["NONE"] } }, x: 1 };
  expect(editConfig(strange, { user: "1000" })).toEqual({
    ...strange,
    config: { ...strange.config, User: "1000" },
  });
  expect(editConfig(base, {})).toEqual(base);
});

test("null takes away", () => {
  const result = editConfig(base, {
    cmd: null,
    workingDir: null,
    env: { OLD: null, ABSENT: null },
    labels: { b: null },
  });
  expect(result.config).toEqual({
    Env: ["PATH=/bin"],
    Labels: {},
    ExposedPorts: { "80/tcp": {} },
  });
});

test("an image without a configuration gets none for nothing", () => {
  const fresh = newConfig({ architecture: "arm64", os: "linux" });
  expect(editConfig(fresh, {})).toEqual(fresh);
  expect(editConfig(fresh, { author: "me" })).toEqual({ ...fresh, author: "me" });
});

test("variables keep their places, and ports, volumes and labels are sorted", () => {
  const result = edited("ENV OLD=2 NEW=3", "EXPOSE 53/udp 443", "LABEL a=1", "VOLUME /z /a");
  expect(result).toMatchObject({ Env: ["PATH=/bin", "OLD=2", "NEW=3"] });
  expect(JSON.stringify(result!.ExposedPorts)).toBe('{"443/tcp":{},"53/udp":{},"80/tcp":{}}');
  expect(JSON.stringify(result!.Labels)).toBe('{"a":"1","b":"2"}');
  expect(JSON.stringify(result!.Volumes)).toBe('{"/a":{},"/z":{}}');
});

test("changes are written as in a Dockerfile", () => {
  expect(edited('CMD ["a", "b c"]')).toMatchObject({ Cmd: ["a", "b c"] });
  expect(edited("cmd echo $HOME")).toMatchObject({ Cmd: ["/bin/sh", "-c", "echo $HOME"] });
  expect(edited('ENV A="b c" D=e\\ f G=\'h"i\'')).toMatchObject({
    Env: ["PATH=/bin", "OLD=1", "A=b c", "D=e f", 'G=h"i'],
  });
  expect(edited("ENV A b c")).toMatchObject({ Env: ["PATH=/bin", "OLD=1", "A=b c"] });
  expect(edited("WORKDIR sub", "WORKDIR ../other/")).toMatchObject({ WorkingDir: "/srv/other" });
  expect(edited("WORKDIR /a/../../b")).toMatchObject({ WorkingDir: "/b" });
  expect(edited('VOLUME ["/a b"]')).toMatchObject({ Volumes: { "/a b": {} } });
  expect(edited("USER 1000:1000", "STOPSIGNAL SIGINT")).toMatchObject({
    User: "1000:1000",
    StopSignal: "SIGINT",
  });
  expect(parseChanges(["MAINTAINER Me <me@here>"])).toEqual({ author: "Me <me@here>" });
});

test("an entry point takes the old command away unless a new one is beside it", () => {
  expect(edited('ENTRYPOINT ["/init"]')).not.toHaveProperty("Cmd");
  expect(edited('ENTRYPOINT ["/init"]', 'CMD ["x"]')).toMatchObject({
    Entrypoint: ["/init"],
    Cmd: ["x"],
  });
});

test.each([
  ["RUN make", "begins with one of CMD"],
  ["CMD", "lacks what is to be set"],
  ["ENV A", "lacks a value"],
  ["ENV A=b C", "NAME=VALUE"],
  ["EXPOSE 0", "no port"],
  ["EXPOSE 80/icmp", "no port"],
  ["", "no change"],
])("%j is refused: %s", (line, words) => {
  expect(() => parseChanges([line])).toThrow(
    expect.objectContaining({ code: "X_IMAGE_INVALID", message: expect.stringContaining(words) }),
  );
});
