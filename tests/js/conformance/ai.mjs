// Vercel's ai with its provider for OpenAI-compatible servers, in the terms that all clients' outcomes are compared in.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError } from 'ai'
import { serve } from './serve.mjs'
import { chat } from './ai-chat.mjs'
import { parameters } from './ai-parameters.mjs'
import { errors } from './ai-errors.mjs'
import { others } from './ai-others.mjs'
import { withTools } from './ai-tools.mjs'

const open = ({ base, key, transport, ...call }) => ({
  ...call,
  connect: (more) =>
    createOpenAICompatible({ name: 'fedai', baseURL: base, apiKey: key, includeUsage: true, supportsStructuredOutputs: true, ...(transport && { fetch: transport }), ...more }),
})

const describe = (error) =>
  APICallError.isInstance(error)
    ? {
        kind: error.name, status: error.statusCode ?? null, code: error.data?.error.code ?? null, type: error.data?.error.type ?? null, param: error.data?.error.param ?? null,
        message: error.message, retryAfter: error.responseHeaders?.['retry-after'] ?? null, requestId: error.responseHeaders?.['x-request-id'] ?? null,
      }
    : null

globalThis.AI_SDK_LOG_WARNINGS = false
await serve({ ...chat, ...parameters, ...withTools, ...others, ...errors }, open, describe)
