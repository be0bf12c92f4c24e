// Completions without chat, and embeddings, asked by the openai client.

const complete = (extra = {}) => async ({ client, model, prompt }) => {
  const { data, request_id: requestId } = await client.completions.create({ model, prompt, ...extra }).withResponse()
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = data.usage
  return { id: data.id, model: data.model, text: data.choices[0].text, finish: data.choices[0].finish_reason, usage: { input, output, total }, requestId }
}

const completeInPieces = async ({ client, model, prompt }) => {
  const [deltas, outcome] = [[], { finish: null, usage: null }]
  for await (const chunk of await client.completions.create({ model, prompt, stream: true, stream_options: { include_usage: true } })) {
    if (chunk.choices[0]?.text) deltas.push(chunk.choices[0].text)
    outcome.finish = chunk.choices[0]?.finish_reason ?? outcome.finish
    if (chunk.usage) outcome.usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens, total: chunk.usage.total_tokens }
  }
  return { ...outcome, text: deltas.join(''), deltas }
}

/** Without a format the client asks for base64, and reads it. */
const embed = (input, extra = {}) => async ({ client, model, prompt }) => {
  const { data, usage } = await client.embeddings.create({ model, input: input(prompt), ...extra })
  return { vectors: data.map(({ embedding }) => embedding), usage: { input: usage.prompt_tokens, output: 0, total: usage.total_tokens } }
}
const one = (prompt) => prompt
const several = (prompt) => [prompt, 'ab', 'abc']

export const others = {
  'completions.plain': complete(),
  'completions.stream': completeInPieces,
  'completions.parameters': complete({ max_tokens: 17, temperature: 0.25, top_p: 0.5, stop: ['END'], seed: 42, presence_penalty: 0.5, frequency_penalty: -0.5, logit_bias: { 15: -100 } }),
  'completions.best_of': complete({ best_of: 3 }),
  'completions.echo': complete({ echo: true }),
  'completions.suffix': complete({ suffix: 'the end' }),
  'completions.n': complete({ n: 2 }),
  'completions.logprobs': complete({ logprobs: 2 }),
  'completions.tokens': ({ client, model }) => complete({ prompt: [1, 2, 3] })({ client, model }),

  'embeddings.base64': embed(one),
  'embeddings.float': embed(one, { encoding_format: 'float' }),
  'embeddings.several': embed(several),
  'embeddings.dimensions': embed(one, { dimensions: 2 }),
  'embeddings.other-dimensions': embed(one, { dimensions: 3 }),
  'embeddings.unable': embed(one, { model: 'wide' }),
}
