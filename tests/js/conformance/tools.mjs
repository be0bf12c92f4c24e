// The tools and the schema of the cases, as JSON Schema; Schemas.cs has the same.
export const weather = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
export const time = { type: 'object', properties: {}, additionalProperties: false }
export const report = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'integer' } }, required: ['city', 'degrees'], additionalProperties: false }

/** What the tool of a whole round answers. */
export const forecast = ({ city }) => ({ city, sky: 'clear ☀' })
