// Answers to come back for, asked by the openai client's calls for addresses that it has no method for.
import { report } from './openai-calls.mjs'

const begin = ({ client, model, prompt }) =>
  client.post('/chat/completions', { body: { model, messages: [{ role: 'user', content: prompt }] }, headers: { Prefer: 'respond-async' } }).withResponse()

const look = (client, id) => client.get(`/fedai/jobs/${id}`)

const end = async (client, id) => {
  for (;;) {
    const job = await look(client, id)
    if (job.status !== 'in_progress') return job
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const jobs = {
  'jobs.poll': async (call) => {
    const { data, response } = await begin(call)
    return { accepted: response.status, ...report((await end(call.client, data.id)).result) }
  },
  'jobs.failed': async (call) => {
    const job = await end(call.client, (await begin(call)).data.id)
    return { status: job.status, code: job.error.code, statusCode: job.status_code }
  },
  'jobs.once': async (call) => {
    const { id } = (await begin(call)).data
    await end(call.client, id)
    return await look(call.client, id)
  },
  'jobs.delete': async (call) => {
    const { id } = (await begin(call)).data
    return await call.client.delete(`/fedai/jobs/${id}`)
  },
}
