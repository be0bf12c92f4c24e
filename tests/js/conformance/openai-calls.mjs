// How the cases of the openai client ask, and what they report.

const user = (content) => ({ role: 'user', content })

/** The body of a case: its prompt as the only message, and what the case adds; extra may be made from the call. */
const body = (extra, { model, prompt }) => {
  const added = typeof extra === 'function' ? extra({ prompt, user }) : extra
  return { model, messages: [user(prompt)], ...added }
}

const tools = (calls) => (calls ?? []).map((call) => ({ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }))

const usage = (value) => (value ? { input: value.prompt_tokens, output: value.completion_tokens, total: value.total_tokens } : null)

export const report = (completion) => ({
  id: completion.id,
  model: completion.model,
  role: completion.choices[0].message.role,
  text: completion.choices[0].message.content,
  finish: completion.choices[0].finish_reason,
  tools: tools(completion.choices[0].message.tool_calls),
  usage: usage(completion.usage),
})

/** A case that asks for a whole answer. */
export const plain = (extra = {}) => async (call) => {
  const { data, request_id: requestId } = await call.client.chat.completions.create(body(extra, call)).withResponse()
  return { ...report(data), requestId }
}

/** A case that streams; the client's own accumulator makes the answer of the chunks. */
export const stream = (extra = {}) => async (call) => {
  const running = call.client.chat.completions.stream(body(extra, call))
  const deltas = []
  const usages = []
  running.on('chunk', (chunk) => {
    const content = chunk.choices[0]?.delta.content
    if (content) deltas.push(content)
    if (chunk.usage) usages.push(usage(chunk.usage))
  })
  const completion = await running.finalChatCompletion()
  return { ...report(completion), usage: usages[0] ?? null, usages: usages.length, deltas }
}

/** What came before a stream failed, and the failure. */
export const broken = (extra = {}) => async (call) => {
  let text = ''
  try {
    for await (const chunk of await call.client.chat.completions.create({ ...body(extra, call), stream: true })) text += chunk.choices[0]?.delta?.content ?? ''
    return { text, failed: false }
  } catch (error) {
    return { text, failed: true, code: error.code ?? null, message: error.message }
  }
}
