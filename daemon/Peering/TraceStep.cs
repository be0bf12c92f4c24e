using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>One step of a request: which peer, which model, when it began (ms since 1970) and how long it took (ms). Nothing of what was asked or answered.</summary>
internal readonly record struct TraceStep(string RequestId, TraceKind Kind, PublicKey Peer, string Model, long AtMs, long TookMs)
{
    /// <summary>It came to its end; neither this nor a refusal: the asker left.</summary>
    public bool Done { get; init; }

    public ErrorCode? Refusal { get; init; }

    /// <summary>Of a quote.</summary>
    public long? PriceMsat { get; init; }

    /// <summary>In a word.</summary>
    public string Outcome => Refusal is { } code ? code.Wire() : !Done ? "left" : Kind == TraceKind.Quote ? "quoted" : "answered";
}
