// The official openai client, in the terms that all clients' outcomes are compared in.
import OpenAI, { APIError } from 'openai'
import { serve } from './serve.mjs'
import { chat } from './openai-chat.mjs'
import { parameters } from './openai-parameters.mjs'
import { errors } from './openai-errors.mjs'
import { jobs } from './openai-jobs.mjs'
import { others } from './openai-others.mjs'
import { withTools } from './openai-tools.mjs'

const open = ({ base, key, transport, ...call }) => ({
  ...call,
  client: new OpenAI({ baseURL: base, apiKey: key, maxRetries: 0, ...(transport && { fetch: transport }) }),
})

const describe = (error) =>
  error instanceof APIError
    ? {
        kind: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null, param: error.param ?? null, message: error.message,
        retryAfter: error.headers?.get('retry-after') ?? null, requestId: error.requestID ?? null,
      }
    : null

await serve({ ...chat, ...parameters, ...withTools, ...others, ...jobs, ...errors }, open, describe)
