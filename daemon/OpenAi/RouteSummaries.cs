using System.Collections.Frozen;

namespace FedAi.Daemon.OpenAi;

/// <summary>What /openapi.json says of the addresses outside /v1: a sentence, and the type of the payload in the signed envelope they take (docs/WIRE.md). Every address that a role maps stands here, or a test fails.</summary>
internal static class RouteSummaries
{
    private static readonly FrozenDictionary<string, (string Summary, string? Payload)> All = new Dictionary<string, (string, string?)>
    {
        ["GET /openapi.json"] = ("This document.", null),
        ["GET /health"] = ("Whether it takes requests; 503 while it is shutting down.", null),
        ["GET /status"] = ("What this daemon is and does; more on this machine.", null),
        ["GET /relay"] = ("A Nostr relay (WebSocket), and what it is (NIP-11).", null),
        ["GET /nodes"] = ("The nodes that are registered here.", null),
        ["GET /node/connect"] = ("Where a node without an open port connects, to be asked over that connection (Upgrade: fedai-node/1).", null),
        ["POST /infer"] = ("Answers a signed request as a whole.", "InferenceRequest"),
        ["POST /infer/stream"] = ("Answers a signed request as server-sent events: chunks, then a signed final.", "InferenceRequest"),
        ["POST /quote"] = ("What a request would cost, signed, and the key to seal it with.", "QuoteRequest"),
        ["POST /register-node"] = ("Registers a node, or renews that.", "NodeDescriptor"),
        ["POST /manifest"] = ("Takes the manifest of a registered node, which is signed itself.", null),
        ["POST /metering"] = ("Takes a node's record of a run that was cut short.", "MeteringRecord"),
        ["POST /receipt"] = ("Proves to whom it concerns that a metering record is under an announced root.", "ReceiptRequest"),
        ["POST /probe"] = ("Tries whether the asker's address leads back to it.", "ReachProbe"),
        ["POST /throughput"] = ("Takes and sends so many bytes, to measure a line.", "ThroughputProbe"),
        ["GET /metrics"] = ("Counters as Prometheus reads them; on this machine only.", null),
        ["GET /metering/summary"] = ("Sums of the books, for fedai metering summary; on this machine only.", null),
        ["GET /market"] = ("Prices and speeds, for fedai recommend; on this machine only.", null),
        ["GET /trace/{id}"] = ("What is known of one request, for fedai trace; on this machine only.", null),
        ["GET /trust/{key}"] = ("Where a key's trust score comes from, for fedai trust explain; on this machine only.", null),
        ["GET /routers"] = ("In which order routers would be asked, for fedai routers; on this machine only.", null),
        ["GET /federation/peers"] = ("The routers this daemon heard of and what they announced; on this machine only.", null),
        ["GET /doctor"] = ("Who reaches whom, for fedai doctor; on this machine only.", null),
        ["POST /reload"] = ("Reads the configuration again, for fedai reload; over the control socket only.", null),
        ["POST /apikeys"] = ("Makes and changes API keys, for fedai apikeys; over the control socket only.", null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static (string Summary, string? Payload) Of(string method, string path) => All.GetValueOrDefault($"{method} {path}");
}
