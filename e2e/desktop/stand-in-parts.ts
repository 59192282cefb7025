/** What the modules of the stand-in for Electron are made of. */
import { EventEmitter } from 'node:events';
import type { ToTest } from './wire.ts';

export function post(message: ToTest): void {
  process.send?.(message);
}

/** Returns existing members and throws for the others; the language itself reads `then` and symbols. */
export function only<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key) {
      if (typeof key === 'symbol' || key === 'then' || key in target) return Reflect.get(target, key);
      throw new Error(`the stand-in for Electron has no ${name}.${key}`);
    },
  });
}

/** A part of Electron: `members` with Electron's types, and events as in Node. */
export function emitting<T extends object>(name: string, members: T): T & EventEmitter {
  const emitter = new EventEmitter();
  return only(name, Object.defineProperties(emitter, Object.getOwnPropertyDescriptors(members)) as T & EventEmitter); // both, by construction
}

/** An event whose default its listeners may prevent. */
export function preventable(fields: object = {}) {
  const event = { ...fields, defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
  return event;
}

let nextAsk = 1;
const asked = new Map<number, (value: unknown) => void>();

/** A dialog for a person, answered by the test. */
export function ask<T>(name: string, args: readonly unknown[]): Promise<T> {
  const askId = nextAsk++;
  post({ t: 'ask', askId, name, args });
  return new Promise((resolve) => asked.set(askId, (value) => resolve(value as T))); // the test answers in Electron's shape
}

/** The test has answered a dialog. */
export function answer(askId: number, value: unknown): void {
  asked.get(askId)?.(value);
  asked.delete(askId);
}

/** Records what the app asked the system for. */
export const called = (name: string, ...args: unknown[]): void => post({ t: 'called', name, args });
