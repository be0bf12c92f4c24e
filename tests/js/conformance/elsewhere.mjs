// A name of the internet that its owner points to this machine, which is how a web page would reach what listens on loopback.
import dns from 'node:dns'

const name = 'fedai.example'
const lookup = dns.lookup

dns.lookup = (host, options, done) => (host === name ? done(null, [{ address: '127.0.0.1', family: 4 }]) : lookup(host, options, done))

/** The same address under that name. */
export const elsewhere = (base) => base.replace('127.0.0.1', name)
