// Runs the cases of one client library: one question per line of stdin, one answer per line of stdout.
//   {id, base, model, prompt}            → {result: what the client made of the answer}, or {missing: true}
//   {…, record: true}                    → the same, and the bytes of all answers
//   {…, seed}                            → the bytes of streams reach the client's parser in pieces (see pieces.mjs)
import { createInterface } from 'node:readline'
import { recording, cutting } from './pieces.mjs'

/** describe(error) tells an API error from a defect of the case: it returns null for the latter. */
export const serve = async (cases, open, describe) => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, record, seed, ...call } = JSON.parse(line)
    if (!Object.hasOwn(cases, id)) {
      console.log(JSON.stringify({ missing: true }))
      continue
    }
    const answers = []
    const transport = record ? recording(answers) : seed === undefined ? undefined : cutting(seed)
    try {
      console.log(JSON.stringify({ result: await cases[id](open({ ...call, transport })), answers }))
    } catch (error) {
      const known = describe(error)
      console.log(JSON.stringify(known ? { result: { error: known }, answers } : { error: String(error?.stack ?? error) }))
    }
  }
}
