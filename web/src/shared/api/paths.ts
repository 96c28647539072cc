//! The shape openapi-fetch needs until `schema.d.ts` is generated from the server's OpenAPI document: any path, JSON bodies.
//! Then this file becomes `export type { paths } from './schema'`.
interface Operation {
  parameters: { query?: Record<string, string | number | undefined>; path?: Record<string, string | number>; header?: Record<string, string> };
  requestBody?: { content: { 'application/json': unknown } };
  responses: { 200: { content: { 'application/json': unknown } } };
}

export interface paths {
  [path: `/api/${string}`]: { get: Operation; post: Operation; put: Operation; delete: Operation };
}
