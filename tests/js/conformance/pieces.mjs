// Two fetch functions. What a server sent apart, the kernel and the HTTP client may join; only here the parser's pieces are known exactly.

/** Reads each answer to its end before the client sees it, and keeps it. */
export const recording = (answers) => async (url, init) => {
  const response = await fetch(url, init)
  const bytes = new Uint8Array(await response.arrayBuffer())
  answers.push({ status: response.status, type: response.headers.get('content-type'), requestId: response.headers.get('x-request-id'), body: Buffer.from(bytes).toString('base64') })
  return new Response(bytes, response)
}

/** Hands on the bytes of a stream in pieces: of one byte (seed 0), or of 1 to 48 bytes as the seed says (Pieces.cs does the same). */
export const cutting = (seed) => async (url, init) => {
  const response = await fetch(url, init)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (!isStream(response)) return new Response(bytes, response)
  let [at, state] = [0, seed]
  const next = () => {
    if (seed === 0) return 1
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return 1 + ((state >>> 16) % 48)
  }
  const pieces = new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close()
      const end = Math.min(bytes.length, at + next())
      controller.enqueue(bytes.slice(at, end))
      at = end
    },
  })
  return new Response(pieces, response)
}

const isStream = (response) => response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
