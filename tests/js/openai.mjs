// The official openai client against a base URL: one JSON request per line of stdin, one JSON answer per line of stdout.
import { createInterface } from 'node:readline'
import OpenAI from 'openai'

const [baseURL] = process.argv.slice(2)
const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })

const operations = {
  models: async () => (await client.models.list()).data,
  model: async ({ id }) => await client.models.retrieve(id),
  chat: async ({ body }) => {
    const { data, request_id } = await client.chat.completions.create(body).withResponse()
    return { ...data, request_id }
  },
  // All chunks as they came, and what the client's own accumulator makes of them.
  stream: async ({ body }) => {
    const chunks = []
    const stream = client.chat.completions.stream({ ...body, stream: true })
    stream.on('chunk', (chunk) => chunks.push(chunk))
    return { chunks, completion: await stream.finalChatCompletion(), usage: await stream.totalUsage() }
  },
  // What arrived before the stream failed, and how.
  broken: async ({ body }) => {
    let text = ''
    try {
      for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) text += chunk.choices[0]?.delta?.content ?? ''
      return { text, failed: false }
    } catch (error) {
      return { text, failed: true, type: error.type, code: error.code, message: error.message }
    }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line)
  try {
    console.log(JSON.stringify({ result: await operations[op](rest) }))
  } catch (error) {
    // An API error is an answer too: status and OpenAI's four members as the client parsed them.
    const { status, code, param, type, message } = error
    console.log(JSON.stringify(status ? { result: { status, code, param, type, message } } : { error: String(error?.stack ?? error) }))
  }
}
