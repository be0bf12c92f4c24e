// A second opinion on chat templates and JSON schemas: one JSON question per line of stdin, one JSON answer per line of stdout.
import { createInterface } from 'node:readline'
import { Template } from '@huggingface/jinja'
import { Ajv } from 'ajv'

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })

const operations = {
  // The text, or what the template or the engine complained about.
  render: ({ template, values }) => {
    try {
      return { text: new Template(template).render(values) }
    } catch (error) {
      return { error: error.message }
    }
  },
  renderAll: ({ templates, values }) => templates.map((template) => operations.render({ template, values })),
  // For each text what is wrong with it; an empty string when it is JSON of the schema.
  validate: ({ schema, texts }) => {
    const validate = ajv.compile(schema)
    return texts.map((text) => {
      try {
        return validate(JSON.parse(text)) ? '' : ajv.errorsText(validate.errors)
      } catch (error) {
        return error.message
      }
    })
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
