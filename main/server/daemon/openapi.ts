/** The description of the routes, made from the schemas that check them. */
import { z } from 'zod';
import { ErrorBody, type Route } from './route.ts';

export function toOpenApi(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of routes) {
    const path = each.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [each.method]: toOperation(each) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'gantry serve', version },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas: { Error: schemaOf(ErrorBody, 'output') } },
    paths,
  };
}

function toOperation({ path, summary, query, body, answer, status = 200 }: Route) {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const asked = query === undefined ? undefined : schemaOf(query, 'input');
  const required = Array.isArray(asked?.['required']) ? asked['required'] : [];
  const inQuery = Object.entries(asked?.['properties'] ?? {}).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }));
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });
  const success =
    answer === undefined
      ? { 204: { description: 'Done' } }
      : typeof answer === 'string'
        ? { [status]: { description: 'Events', content: { [answer]: { schema: { type: 'string' } } } } }
        : { [status]: { description: 'Success', ...json(schemaOf(answer, 'output')) } };
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { required: true, ...json(schemaOf(body, 'input')) } }),
    responses: { ...success, default: { description: 'Error', ...json({ $ref: '#/components/schemas/Error' }) } },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
