using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Router;

/// <summary>One line of the audit: what happened to whom, and how it ended. Names and numbers only; absent members are left out.</summary>
internal readonly record struct AuditEntry(string Event, string Outcome)
{
    public long AtMs { get; init; }

    /// <summary>Who asked, or which key was refused.</summary>
    public PublicKey? Key { get; init; }
    public PublicKey? Node { get; init; }
    public string? RequestId { get; init; }

    /// <summary>As a node serves it, never as a client spelled it.</summary>
    public string? Model { get; init; }
    public long? TookMs { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
}
