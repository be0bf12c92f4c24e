// Models, messages and streams, asked by the openai client.
import { plain, stream } from './openai-calls.mjs'

export const chat = {
  'models.list': async ({ client }) => ({ models: (await client.models.list()).data.map(({ id, object }) => ({ id, object })) }),
  'models.retrieve': async ({ client, model }) => ({ models: [await client.models.retrieve(model)].map(({ id, object }) => ({ id, object })) }),
  'models.slash': async ({ client }) => ({ models: [await client.models.retrieve('org/scripted')].map(({ id, object }) => ({ id, object })) }),

  'chat.plain': plain(),
  'chat.usage': plain(),
  'chat.request-id': plain(),
  'chat.system': plain(({ prompt, user }) => ({ messages: [{ role: 'system', content: 'Be brief.' }, user(prompt)] })),
  'chat.developer': plain(({ prompt, user }) => ({ messages: [{ role: 'developer', content: 'Be brief.' }, user(prompt)] })),
  'chat.turns': plain(({ prompt, user }) => ({ messages: [user(prompt), { role: 'assistant', content: 'One.' }, user('And then?')] })),
  'chat.parts': plain(({ prompt, user }) => ({ messages: [user([{ type: 'text', text: prompt }, { type: 'text', text: 'second part' }])] })),
  'chat.name': plain(({ prompt, user }) => ({ messages: [{ ...user(prompt), name: 'ada' }] })),
  'chat.unicode': plain(({ prompt, user }) => ({ messages: [user(`${prompt} Grüße 漢字 👩‍👩‍👧 \u0001 "quoted" \\ </script>`)] })),
  'chat.length': plain({ max_tokens: 2 }),
  'chat.empty': plain(),
  'chat.auto': plain({ model: 'auto' }),

  'stream.plain': stream(),
  'stream.usage': stream({ stream_options: { include_usage: true } }),
  'stream.unicode': stream(),
  'stream.lines': stream(),
  'stream.long': stream(),
  'stream.length': stream(),
  'stream.empty': stream(),
  'stream.abort': async ({ client, model, prompt }) => {
    const running = await client.chat.completions.create({ model, messages: [{ role: 'user', content: prompt }], stream: true })
    let text = ''
    for await (const chunk of running) {
      text += chunk.choices[0]?.delta?.content ?? ''
      if (text) running.controller.abort()
    }
    return { text }
  },
}
