// What goes wrong, as ai reports it.
import { broken, plain, stream } from './ai-calls.mjs'

/** A caller on another machine, of whom a proxy on this one tells. */
const elsewhere = plain({ headers: { 'x-forwarded-for': '203.0.113.5' } })

export const errors = {
  'keys.answered': elsewhere,
  'keys.models': elsewhere,
  'keys.rate': async (call) => {
    await elsewhere(call)
    return await elsewhere(call)
  },

  'error.bad-value': plain({ temperature: 7 }),
  'error.model': plain({ model: 'nobody-serves-this' }),
  'error.model-stream': stream({ model: 'nobody-serves-this' }),
  'error.not-local': elsewhere,
  'error.too-large': plain({ model: 'wide', prompt: 'word '.repeat(60_000) }),
  'error.context': plain({ prompt: 'word '.repeat(40_000) }),
  'error.rate': plain(),
  'error.loading': plain(),
  'error.crash': plain(),
  'error.crash-stream': stream(),
  'error.internal': plain(),
  'error.mid-stream': broken(),
}
