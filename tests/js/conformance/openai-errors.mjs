// What goes wrong, as the openai client reports it.
import { broken, plain, stream } from './openai-calls.mjs'

/** A caller on another machine, of whom a proxy on this one tells. */
const elsewhere = ({ client, ...call }) => plain()({ ...call, client: client.withOptions({ defaultHeaders: { 'x-forwarded-for': '203.0.113.5' } }) })

export const errors = {
  'keys.answered': elsewhere,
  'keys.models': elsewhere,
  'keys.rate': async (call) => {
    await elsewhere(call)
    return await elsewhere(call)
  },

  'error.bad-value': plain({ temperature: 7 }),
  'error.no-messages': plain({ messages: [] }),
  'error.model': plain({ model: 'nobody-serves-this' }),
  'error.model-stream': stream({ model: 'nobody-serves-this' }),
  'error.retrieve': async ({ client }) => ({ models: [await client.models.retrieve('nobody-serves-this')] }),
  'error.not-local': elsewhere,
  'error.too-large': plain(({ user }) => ({ model: 'wide', messages: [user('word '.repeat(60_000))] })),
  'error.context': plain(({ user }) => ({ messages: [user('word '.repeat(40_000))] })),
  'error.rate': plain(),
  'error.loading': plain(),
  'error.crash': plain(),
  'error.crash-stream': stream(),
  'error.internal': plain(),
  'error.mid-stream': broken(),
}
