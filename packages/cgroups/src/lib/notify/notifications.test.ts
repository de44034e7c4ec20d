import { describe, expect, test } from "vitest";
import { notifications, type Listener, type Notifications } from "./notifications.ts";

interface Heard {
  readonly stream: Notifications<number>;
  readonly listener: Listener<number>;
  /** What was done to the registration. */
  readonly done: string[];
}

function listening(signal?: AbortSignal): Heard {
  const done: string[] = [];
  const listeners: Listener<number>[] = [];
  const stream = notifications<number>(signal === undefined ? {} : { signal }, (one) => {
    listeners.push(one);
    const note = (word: string) => (): void => void done.push(word);
    return { ref: note("ref"), unref: note("unref"), close: note("close") };
  });
  return { stream, listener: listeners[0]!, done };
}

describe("notifications", () => {
  test("are handed out in their order, those from before the first question too", async () => {
    const { stream, listener } = listening();
    listener.emit(1);
    listener.emit(2);
    const third = stream.next().then(() => stream.next().then(() => stream.next()));
    await Promise.resolve();
    listener.emit(3);
    expect(await third).toEqual({ value: 3, done: false });
  });

  test("keep the event loop alive only while somebody waits", async () => {
    const { stream, listener, done } = listening();
    const next = stream.next();
    listener.emit(1);
    await next;
    expect(done).toEqual(["unref", "ref", "unref"]);
  });

  test("end with the group, after what was heard before", async () => {
    const { stream, listener, done } = listening();
    listener.emit(1);
    listener.end();
    listener.emit(2);
    const heard: number[] = [];
    for await (const value of stream) heard.push(value);
    expect(heard).toEqual([1]);
    expect(done).toEqual(["unref", "close"]);
  });

  test("end when the loop is left", async () => {
    const { stream, listener, done } = listening();
    listener.emit(1);
    for await (const value of stream) if (value === 1) break;
    expect(done.at(-1)).toBe("close");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test("end at the end of a block, also for who waits", async () => {
    const { stream, done } = listening();
    const next = stream.next();
    await stream[Symbol.asyncDispose]();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(done.at(-1)).toBe("close");
  });

  test("end by an abort with its reason, and are not begun after one", async () => {
    const abort = new AbortController();
    const { stream, listener, done } = listening(abort.signal);
    listener.emit(1);
    abort.abort(new Error("enough"));
    expect(done).toEqual(["unref", "close"]);
    await expect(stream.next()).rejects.toThrow("enough");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(() => listening(abort.signal)).toThrow("enough");
  });

  test("pass on what went wrong, once, after what was heard before", async () => {
    const { stream, listener } = listening();
    listener.emit(1);
    listener.fail(new Error("broken"));
    expect(await stream.next()).toEqual({ value: 1, done: false });
    await expect(stream.next()).rejects.toThrow("broken");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test("that end while they begin are closed", async () => {
    const done: string[] = [];
    const stream = notifications<number>({}, (listener) => {
      listener.emit(1);
      listener.end();
      return { ref: () => {}, unref: () => {}, close: () => void done.push("close") };
    });
    expect(done).toEqual(["close"]);
    expect(await stream.next()).toEqual({ value: 1, done: false });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});
