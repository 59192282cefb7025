/** Makes a missing case of a union a type error; reached at run time only by data that no schema describes. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
