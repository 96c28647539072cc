//! Any path with JSON bodies: for calls that name their path whole. Calls by the generated `./schema` are checked further.
interface Operation {
  parameters: { query?: Record<string, string | number | undefined>; path?: Record<string, string | number>; header?: Record<string, string> };
  requestBody?: { content: { 'application/json': unknown } };
  responses: { 200: { content: { 'application/json': unknown } } };
}

export interface paths {
  [path: `/api/${string}`]: { get: Operation; post: Operation; put: Operation; delete: Operation };
}
