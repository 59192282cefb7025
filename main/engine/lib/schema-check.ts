/** Checks a value against a JSON Schema, with the validator of the protocol's SDK. Loaded when it is first needed. */

/** Undefined: the value is valid; otherwise the problem. */
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
