// What goes wrong, as ai reports it.
import { elsewhere } from './elsewhere.mjs'
import { broken, plain, stream } from './ai-calls.mjs'

export const errors = {
  'error.bad-value': plain({ temperature: 7 }),
  'error.model': plain({ model: 'nobody-serves-this' }),
  'error.model-stream': stream({ model: 'nobody-serves-this' }),
  'error.not-local': ({ base, ...call }) => plain()({ ...call, connect: () => call.connect({ baseURL: elsewhere(base) }) }),
  'error.too-large': plain({ model: 'wide', prompt: 'word '.repeat(60_000) }),
  'error.context': plain({ prompt: 'word '.repeat(40_000) }),
  'error.rate': plain(),
  'error.loading': plain(),
  'error.crash': plain(),
  'error.crash-stream': stream(),
  'error.internal': plain(),
  'error.mid-stream': broken(),
}
