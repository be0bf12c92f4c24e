// Messages and streams, asked by ai; it has no call for models.
import { streamText } from 'ai'
import { plain, stream } from './ai-calls.mjs'

export const chat = {
  'chat.plain': plain(),
  'chat.usage': plain(),
  'chat.request-id': plain(),
  'chat.system': plain({ system: 'Be brief.' }),
  'chat.turns': plain(({ prompt }) => ({ messages: [{ role: 'user', content: prompt }, { role: 'assistant', content: 'One.' }, { role: 'user', content: 'And then?' }] })),
  'chat.parts': plain(({ prompt }) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: prompt }, { type: 'text', text: 'second part' }] }] })),
  'chat.name': plain(({ prompt }) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: prompt, providerOptions: { openaiCompatible: { name: 'ada' } } }] }] })),
  'chat.unicode': plain(({ prompt }) => ({ prompt: `${prompt} Grüße 漢字 👩‍👩‍👧 \u0001 "quoted" \\ </script>` })),
  'chat.length': plain({ maxOutputTokens: 2 }),
  'chat.empty': plain(),
  'chat.auto': plain({ model: 'auto' }),

  'stream.plain': stream(),
  'stream.usage': stream(),
  'stream.unicode': stream(),
  'stream.lines': stream(),
  'stream.long': stream(),
  'stream.length': stream(),
  'stream.empty': stream(),
  'stream.abort': async ({ connect, model, prompt }) => {
    const leave = new AbortController()
    const result = streamText({ model: connect()(model), prompt, maxRetries: 0, abortSignal: leave.signal, onError: () => {} })
    let text = ''
    for await (const part of result.fullStream) {
      if (part.type !== 'text-delta') continue
      text += part.text
      leave.abort()
    }
    return { text }
  },
}
