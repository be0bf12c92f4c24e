// Holds an OpenAPI 3.1 document, and answers against its schemas, with ajv: one JSON request per line of stdin, one JSON answer per line of stdout.
import { createInterface } from 'node:readline'
import Ajv2020 from 'ajv/dist/2020.js'

let document, ajv

const operations = {
  // Compiles every schema, so that none is malformed and every $ref leads somewhere; gives the operations as "METHOD /path".
  load: ({ text }) => {
    document = JSON.parse(text)
    if (document.openapi !== '3.1.0') throw new Error('not OpenAPI 3.1')
    if (!document.info?.title || !document.info?.version) throw new Error('no title or version')
    ajv = new Ajv2020({ strict: false, allErrors: true })
    ajv.addSchema({ $id: 'document', components: document.components })
    for (const name of Object.keys(document.components.schemas)) ajv.compile({ $ref: `document#/components/schemas/${name}` })
    const ids = new Set()
    const found = []
    for (const [path, item] of Object.entries(document.paths)) {
      if (!path.startsWith('/')) throw new Error(`${path} has no slash`)
      for (const [method, operation] of Object.entries(item)) {
        if (ids.has(operation.operationId)) throw new Error(`${operation.operationId} twice`)
        ids.add(operation.operationId)
        const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
        for (const [, name] of path.matchAll(/{(\w+)}/g)) if (!named.includes(name)) throw new Error(`${path}: ${name} is not described`)
        if (!operation.responses?.['200']) throw new Error(`${path}: no answer`)
        for (const reference of JSON.stringify(operation).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
          if (!document.components.schemas[reference[1]]) throw new Error(`${path}: ${reference[1]} is missing`)
        found.push(`${method.toUpperCase()} ${path}`)
      }
    }
    return found
  },
  // What is wrong with a value by a schema of the document; empty when it fits.
  check: ({ schema, value }) => {
    const validate = ajv.compile({ $ref: `document#/components/schemas/${schema}` })
    return validate(JSON.parse(value)) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line)
  try {
    console.log(JSON.stringify({ result: operations[op](rest) }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error?.stack ?? error) }))
  }
}
