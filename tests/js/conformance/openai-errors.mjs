// What goes wrong, as the openai client reports it.
import { elsewhere } from './elsewhere.mjs'
import { broken, plain, stream } from './openai-calls.mjs'

export const errors = {
  'error.bad-value': plain({ temperature: 7 }),
  'error.no-messages': plain({ messages: [] }),
  'error.model': plain({ model: 'nobody-serves-this' }),
  'error.model-stream': stream({ model: 'nobody-serves-this' }),
  'error.retrieve': async ({ client }) => ({ models: [await client.models.retrieve('nobody-serves-this')] }),
  'error.not-local': ({ client, ...call }) => plain()({ ...call, client: client.withOptions({ baseURL: elsewhere(client.baseURL) }) }),
  'error.too-large': plain(({ user }) => ({ model: 'wide', messages: [user('word '.repeat(60_000))] })),
  'error.context': plain(({ user }) => ({ messages: [user('word '.repeat(40_000))] })),
  'error.rate': plain(),
  'error.loading': plain(),
  'error.crash': plain(),
  'error.crash-stream': stream(),
  'error.internal': plain(),
  'error.mid-stream': broken(),
}
