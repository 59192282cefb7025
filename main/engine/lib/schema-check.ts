/** Whether a value fits a JSON Schema, by the validator that comes with the SDK of the protocol. Loaded when it is first asked for. */

/** Undefined: it fits; otherwise what does not. */
export type SchemaCheck = (value: unknown) => string | undefined;

/** Throws what the validator throws for a schema that it cannot use. */
export async function compileSchema(schema: Readonly<Record<string, unknown>>): Promise<SchemaCheck> {
  const { AjvJsonSchemaValidator } = await import('@modelcontextprotocol/sdk/validation/ajv');
  const check = new AjvJsonSchemaValidator().getValidator(schema);
  return (value) => {
    const checked = check(value);
    return checked.valid ? undefined : checked.errorMessage;
  };
}
