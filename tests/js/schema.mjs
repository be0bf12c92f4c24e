// JSON Schema by other software's hands (ajv): one JSON request per line of stdin, one JSON answer per line of stdout.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import Ajv from 'ajv/dist/2020.js'

const ajv = new Ajv({ strict: false, allErrors: true })

const pick = (values) => values[Math.floor(Math.random() * values.length)]
const some = (count, make) => Array.from({ length: Math.floor(Math.random() * (count + 1)) }, make)
const names = ['a', 'b', 'c/d', 'e~f']
const types = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']

const randomValue = (depth) =>
  pick([
    () => null,
    () => pick([true, false]),
    () => pick([0, 1, 2, -3, 4.5, 10, 1e3]),
    () => pick(['', 'x', 'yy', 'é漢', '😀😀', 'longer text']),
    ...(depth > 0 ? [() => some(4, () => randomValue(depth - 1)), () => Object.fromEntries(some(4, () => [pick(names), randomValue(depth - 1)]))] : []),
  ])()

const randomSchema = (depth) => {
  if (depth <= 0) return pick([true, { type: pick(types) }, { const: randomValue(0) }])
  const inner = () => randomSchema(depth - 1)
  const keywords = {
    type: () => pick([pick(types), [pick(types.slice(0, 3)), pick(types.slice(3))]]),
    enum: () => [randomValue(1), ...some(3, () => randomValue(1))],
    const: () => randomValue(1),
    minLength: () => pick([0, 1, 2, 3]),
    maxLength: () => pick([0, 1, 2, 3]),
    minimum: () => pick([-1, 0, 2]),
    maximum: () => pick([-1, 0, 2]),
    exclusiveMinimum: () => pick([0, 1]),
    exclusiveMaximum: () => pick([0, 2]),
    multipleOf: () => pick([1, 2, 0.5]),
    items: inner,
    prefixItems: () => [inner(), ...some(2, inner)],
    contains: inner,
    minItems: () => pick([0, 1, 2]),
    maxItems: () => pick([0, 1, 2]),
    uniqueItems: () => pick([true, false]),
    properties: () => Object.fromEntries([[pick(names), inner()], [pick(names), inner()]]),
    required: () => [pick(names)],
    additionalProperties: inner,
    propertyNames: () => pick([{ maxLength: 1 }, { enum: names.slice(0, 3) }, true]),
    minProperties: () => pick([0, 1, 2]),
    maxProperties: () => pick([0, 1, 2]),
    allOf: () => [inner(), ...some(2, inner)],
    anyOf: () => [inner(), ...some(2, inner)],
    oneOf: () => [inner(), ...some(2, inner)],
    not: inner,
    if: inner,
    then: inner,
    else: inner,
    title: () => 'words',
  }
  return Object.fromEntries(some(4, () => pick(Object.keys(keywords))).map((keyword) => [keyword, keywords[keyword]()]))
}

const operations = {
  // count → schemas with values, and whether each value fits
  pairs: ({ count }) =>
    Array.from({ length: count }, () => {
      const schema = randomSchema(3)
      const check = ajv.compile(schema)
      const values = Array.from({ length: 5 }, () => randomValue(3))
      return { schema, values: values.map((value) => ({ value, fits: check(value) })) }
    }),
  // file, texts → what is wrong with each text by the schema in the file; empty where it fits
  check: ({ file, texts }) => {
    const check = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
    return texts.map((text) => (check(JSON.parse(text)) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`)))
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    console.log(JSON.stringify({ result: operations[request.op](request) }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack ?? error) }))
  }
}
