// Tools and structured output, asked by ai.
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import { plain, stream } from './ai-calls.mjs'
import * as schemas from './tools.mjs'

const tools = {
  get_weather: tool({ description: 'The weather in a city', inputSchema: jsonSchema(schemas.weather) }),
  get_time: tool({ description: 'The time', inputSchema: jsonSchema(schemas.time) }),
}
const running = { get_weather: tool({ description: 'The weather in a city', inputSchema: jsonSchema(schemas.weather), execute: schemas.forecast }) }
const output = Output.object({ schema: jsonSchema(schemas.report) })

/** ai's own loop: it runs the function and sends the result back until the model answers with text. */
const settings = ({ connect, model, prompt }) => ({ model: connect()(model), prompt, tools: running, stopWhen: stepCountIs(3), maxRetries: 0 })

export const withTools = {
  'tools.call': plain({ tools }),
  'tools.stream': stream({ tools }),
  'tools.parallel': plain({ tools }),
  'tools.parallel-stream': stream({ tools }),
  'tools.text-first': stream({ tools }),
  'tools.long-arguments': stream({ tools }),
  'tools.not-called': plain({ tools }),
  'tools.strict': plain({ tools: { get_weather: tool({ description: 'The weather in a city', inputSchema: jsonSchema(schemas.weather), strict: true }) } }),
  'tools.one': plain({ tools, body: { parallel_tool_calls: false } }),
  'tool_choice.auto': plain({ tools, toolChoice: 'auto' }),
  'tool_choice.none': plain({ tools, toolChoice: 'none' }),
  'tool_choice.required': plain({ tools, toolChoice: 'required' }),
  'tool_choice.named': plain({ tools, toolChoice: { type: 'tool', toolName: 'get_weather' } }),
  'tools.history': plain(({ prompt }) => ({
    tools,
    messages: [
      { role: 'user', content: prompt },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'call_7', toolName: 'get_weather', input: { city: 'Zürich' } }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_7', toolName: 'get_weather', output: { type: 'text', value: 'clear' } }] },
    ],
  })),
  'tools.round': async (call) => {
    const result = await generateText(settings(call))
    return { text: result.text, finish: result.finishReason }
  },
  'tools.round-stream': async (call) => {
    const result = streamText(settings(call))
    return { text: await result.text, finish: await result.finishReason }
  },
  // Not scripted: a model that must call, then one that must answer.
  'tools.forced-round': async (call) => {
    const choose = ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' })
    const { steps, text, finishReason } = await generateText({ ...settings(call), seed: 7, maxOutputTokens: 600, prepareStep: choose, stopWhen: stepCountIs(2) })
    return { tools: steps[0].toolCalls.map(({ toolName, input }) => ({ name: toolName, arguments: JSON.stringify(input) })), text, finish: finishReason }
  },
  'tools.functions': plain({ body: { functions: [{ name: 'get_weather', parameters: schemas.weather }] } }),
  'tools.function_call': plain({ body: { function_call: { name: 'get_weather' } } }),
  'tools.unknown-choice': plain({ tools, toolChoice: { type: 'tool', toolName: 'get_nothing' } }),
  'tools.unable': plain({ tools, model: 'wide' }),

  'format.object': plain({ output: Output.json() }),
  'format.schema': async (call) => {
    const result = await generateText({ model: call.connect()(call.model), prompt: call.prompt, maxRetries: 0, output })
    return { text: result.text, object: result.output }
  },
  'format.schema-stream': async (call) => {
    const result = streamText({ model: call.connect()(call.model), prompt: call.prompt, maxRetries: 0, output })
    return { text: await result.text, object: await result.output }
  },
}
