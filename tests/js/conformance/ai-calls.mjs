// How the cases of ai ask, and what they report.
import { generateText, streamText } from 'ai'

/** The settings of a case: its prompt, and what the case adds; body holds members that ai has no setting for. */
const settings = (extra, call) => {
  const { body, model, ...added } = typeof extra === 'function' ? extra(call) : extra
  const asked = added.messages ? {} : { prompt: call.prompt }
  return { model: call.connect()(model ?? call.model), maxRetries: 0, ...asked, ...added, ...(body && { providerOptions: { fedai: body } }) }
}

const tools = (calls) => calls.map((call) => ({ id: call.toolCallId, name: call.toolName, input: call.input }))

const usage = (value) => (value?.totalTokens == null ? null : { input: value.inputTokens, output: value.outputTokens, total: value.totalTokens })

const finish = (reason) => reason.replace('-', '_')

/** A case that asks for a whole answer. */
export const plain = (extra = {}) => async (call) => {
  const result = await generateText(settings(extra, call))
  return {
    id: result.response.id, model: result.response.modelId, role: result.response.messages[0]?.role ?? 'assistant', text: result.text, finish: finish(result.finishReason),
    tools: tools(result.toolCalls), usage: usage(result.usage), requestId: result.response.headers['x-request-id'],
  }
}

/** A case that streams. */
export const stream = (extra = {}) => async (call) => {
  let failure
  const result = streamText({ ...settings(extra, call), onError: ({ error }) => (failure ??= error) })
  const deltas = []
  for await (const part of result.fullStream) if (part.type === 'text-delta' && part.text) deltas.push(part.text)
  if (failure) throw failure
  const response = await result.response
  return {
    id: response.id, model: response.modelId, text: await result.text, finish: finish(await result.finishReason), tools: tools(await result.toolCalls),
    usage: usage(await result.usage), requestId: response.headers['x-request-id'], deltas,
  }
}

/** What came before a stream failed, and the failure. */
export const broken = (extra = {}) => async (call) => {
  let [text, failure] = ['', undefined]
  const result = streamText({ ...settings(extra, call), onError: ({ error }) => (failure ??= error) })
  for await (const part of result.fullStream) if (part.type === 'text-delta') text += part.text
  return { text, failed: failure !== undefined, code: failure?.code ?? null, message: failure?.message ?? String(failure) }
}
