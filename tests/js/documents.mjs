// Signed documents by other software's hands: RFC 8785 by `canonicalize`, BIP-340 by noble, npubs by nostr-tools, and the
// canonical form that existing fed_AI software uses. One JSON request per line of stdin, one JSON answer per line of stdout.
import { createHash, randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { schnorr } from '@noble/curves/secp256k1.js'
import canonicalize from 'canonicalize'
import stringify from 'fast-json-stable-stringify'
import { decode, npubEncode } from 'nostr-tools/nip19'

// kind → which member carries the signature, whose key it is, and how the signature is read from and put into the member
const kinds = {
  envelope: { member: 'sig', key: (document) => document.keyId, read: (sig) => sig, put: (sig) => sig },
  receipt: { member: 'sig', key: (document) => document.workerRouterId, read: (sig) => sig, put: (sig) => sig },
  control: { member: 'sig', key: (document) => document.routerId, read: (sig) => sig, put: (sig) => sig },
  manifest: {
    member: 'signature',
    key: (document) => document.id,
    read: (block) => block.signature,
    put: (sig, npub) => ({ signature: sig, keyId: npub, signedAtMs: 1760000000000.5 }),
  },
}

const digest = (document, member) => {
  const { [member]: _, ...rest } = document
  return createHash('sha256').update(canonicalize(rest), 'utf8').digest()
}

const verify = ({ kind, text }) => {
  const { member, key, read } = kinds[kind]
  const document = JSON.parse(text)
  const { type, data } = decode(key(document))
  return type === 'npub' && schnorr.verify(Buffer.from(read(document[member]), 'base64'), digest(document, member), data)
}

const pick = (values) => values[Math.floor(Math.random() * values.length)]
const randomNumber = () => {
  const value = pick([() => randomBytes(8).readDoubleLE(), () => Math.random(), () => Math.floor(Math.random() * 2 ** 53), () => Math.random() * 10 ** (Math.random() * 50 - 25)])()
  return Number.isFinite(value) ? value : 0
}
const randomText = () => Array.from({ length: Math.floor(Math.random() * 8) }, () => pick(['a', 'é', '漢', '😀', '"', '\\', '\n', '\u0001', '\u007f', '\u2028', '！', '/', '<'])).join('')
const randomValue = (depth) =>
  pick([randomNumber, randomNumber, randomText, randomText, () => null, () => true, () => randomObject(depth - 1), () => Array.from({ length: 3 }, () => (depth > 0 ? randomValue(depth - 1) : 1))])()
const randomObject = (depth) => (depth <= 0 ? {} : Object.fromEntries(Array.from({ length: 6 }, () => [randomText(), randomValue(depth)])))
const shuffled = (object) => Object.fromEntries(Object.entries(object).sort(() => Math.random() - 0.5))

const templates = {
  envelope: (npub) => ({ keyId: npub, nonce: randomText(), ts: randomNumber(), payload: randomObject(4) }),
  receipt: (npub) => ({
    jobId: randomText(), requestRouterId: randomText(), workerRouterId: npub, inputHash: randomText(), usage: { tokens: randomNumber() },
    priceMsat: randomNumber(), status: pick(['OK', 'PARTIAL', 'FAIL']), startedAtMs: randomNumber(), finishedAtMs: randomNumber(), receiptId: randomText(), extra: randomObject(3),
  }),
  control: (npub) => ({
    type: pick(['CAPS_ANNOUNCE', 'PRICE_ANNOUNCE', 'STATUS_ANNOUNCE']), version: '0.1', routerId: npub, messageId: randomText(), timestamp: randomNumber(), expiry: randomNumber(), payload: randomObject(4),
  }),
  manifest: (npub) => ({ id: npub, ...randomObject(5) }),
}

const operations = {
  // texts as base64 → canonical form as existing software has it; null where the bytes are not JSON
  canonical: ({ texts }) =>
    texts.map((text) => {
      try {
        return stringify(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'base64'))))
      } catch {
        return null
      }
    }),
  // documents {kind, text} → whether the signature holds
  verify: ({ documents }) => documents.map(verify),
  // kind, count → signed documents as text, members in any order
  sign: ({ kind, count }) =>
    Array.from({ length: count }, () => {
      const secret = schnorr.utils.randomSecretKey?.() ?? schnorr.utils.randomPrivateKey()
      const npub = npubEncode(Buffer.from(schnorr.getPublicKey(secret)).toString('hex'))
      const document = JSON.parse(JSON.stringify(templates[kind](npub)))
      const { member, put } = kinds[kind]
      const signature = Buffer.from(schnorr.sign(digest(document, member), secret)).toString('base64')
      return JSON.stringify(shuffled({ ...document, [member]: put(signature, npub) }))
    }),
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    console.log(JSON.stringify({ result: operations[request.op](request) }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack ?? error) }))
  }
}
