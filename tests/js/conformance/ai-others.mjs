// Completions without chat, and embeddings, asked by ai.
import { embedMany } from 'ai'
import { plain, stream } from './ai-calls.mjs'

/** The same calls with a completion model instead of a chat model. */
const completing = (run) => ({ connect, ...call }) => run({ ...call, connect: () => (id) => connect().completionModel(id) })

const embed = (values, extra = {}) => async ({ connect, model, prompt }) => {
  const { dimensions, on } = extra
  const result = await embedMany({ model: connect().embeddingModel(on ?? model), values: values(prompt), maxRetries: 0, ...(dimensions && { providerOptions: { fedai: { dimensions } } }) })
  return { vectors: result.embeddings, usage: { input: result.usage.tokens, output: 0, total: result.usage.tokens } }
}
const one = (prompt) => [prompt]
const several = (prompt) => [prompt, 'ab', 'abc']

export const others = {
  'completions.plain': completing(plain()),
  'completions.stream': completing(stream()),
  'completions.parameters': completing(plain({ maxOutputTokens: 17, temperature: 0.25, topP: 0.5, stopSequences: ['END'], seed: 42, presencePenalty: 0.5, frequencyPenalty: -0.5, body: { logit_bias: { 15: -100 } } })),
  'completions.best_of': completing(plain({ body: { best_of: 3 } })),
  'completions.echo': completing(plain({ body: { echo: true } })),
  'completions.suffix': completing(plain({ body: { suffix: 'the end' } })),
  'completions.n': completing(plain({ body: { n: 2 } })),
  'completions.logprobs': completing(plain({ body: { logprobs: 2 } })),

  'embeddings.float': embed(one),
  'embeddings.several': embed(several),
  'embeddings.dimensions': embed(one, { dimensions: 2 }),
  'embeddings.other-dimensions': embed(one, { dimensions: 3 }),
  'embeddings.unable': embed(one, { on: 'wide' }),
}
