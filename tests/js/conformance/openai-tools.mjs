// Tools and structured output, asked by the openai client.
import { plain, report, stream } from './openai-calls.mjs'
import * as schemas from './tools.mjs'

const definition = (name, description, parameters, more) => ({ type: 'function', function: { name, description, parameters, ...more } })
const tools = [definition('get_weather', 'The weather in a city', schemas.weather), definition('get_time', 'The time', schemas.time)]
const named = { type: 'function', function: { name: 'get_weather' } }

/** The client's own loop: it runs the function and sends the result back until the model answers with text. */
const round = (more) => async ({ client, model, prompt }) => {
  const get_weather = { ...tools[0].function, function: schemas.forecast, parse: JSON.parse }
  const running = client.chat.completions.runTools({ model, messages: [{ role: 'user', content: prompt }], tools: [{ type: 'function', function: get_weather }], ...more })
  return { text: await running.finalContent(), finish: (await running.finalChatCompletion()).choices[0].finish_reason }
}

const jsonSchema = { type: 'json_schema', json_schema: { name: 'report', strict: true, schema: schemas.report } }

export const withTools = {
  'tools.call': plain({ tools }),
  'tools.stream': stream({ tools }),
  'tools.parallel': plain({ tools }),
  'tools.parallel-stream': stream({ tools }),
  'tools.text-first': stream({ tools }),
  'tools.long-arguments': stream({ tools }),
  'tools.not-called': plain({ tools }),
  'tools.strict': plain({ tools: [definition('get_weather', 'The weather in a city', schemas.weather, { strict: true })] }),
  'tools.one': plain({ tools, parallel_tool_calls: false }),
  'tool_choice.auto': plain({ tools, tool_choice: 'auto' }),
  'tool_choice.none': plain({ tools, tool_choice: 'none' }),
  'tool_choice.required': plain({ tools, tool_choice: 'required' }),
  'tool_choice.named': plain({ tools, tool_choice: named }),
  'tools.history': plain(({ prompt, user }) => ({
    tools,
    messages: [
      user(prompt),
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_7', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Zürich"}' } }] },
      { role: 'tool', tool_call_id: 'call_7', content: 'clear' },
    ],
  })),
  'tools.round': round(),
  'tools.round-stream': round({ stream: true }),
  // Not scripted: a model that must call, then one that must answer.
  'tools.forced-round': async ({ client, model, prompt }) => {
    const messages = [{ role: 'user', content: prompt }]
    const more = { model, tools: tools.slice(0, 1), seed: 7 }
    const asked = (await client.chat.completions.create({ ...more, messages, tool_choice: 'required', max_tokens: 600 })).choices[0].message
    const [call] = asked.tool_calls
    messages.push(asked, { role: 'tool', tool_call_id: call.id, content: JSON.stringify(schemas.forecast(JSON.parse(call.function.arguments))) })
    const answered = (await client.chat.completions.create({ ...more, messages, tool_choice: 'none', max_tokens: 40 })).choices[0]
    return { tools: [{ name: call.function.name, arguments: call.function.arguments }], text: answered.message.content, finish: answered.finish_reason }
  },
  'tools.functions': plain({ functions: [tools[0].function] }),
  'tools.function_call': plain({ function_call: { name: 'get_weather' } }),
  'tools.unknown-choice': plain({ tools, tool_choice: { type: 'function', function: { name: 'get_nothing' } } }),
  'tools.unable': plain({ tools, model: 'wide' }),

  'format.object': plain({ response_format: { type: 'json_object' } }),
  'format.schema': async ({ client, model, prompt }) => {
    const completion = await client.chat.completions.parse({ model, messages: [{ role: 'user', content: prompt }], response_format: jsonSchema })
    return { ...report(completion), object: completion.choices[0].message.parsed ?? JSON.parse(completion.choices[0].message.content) }
  },
  'format.schema-stream': async (call) => {
    const outcome = await stream({ response_format: jsonSchema })(call)
    return { ...outcome, object: JSON.parse(outcome.text) }
  },
}
