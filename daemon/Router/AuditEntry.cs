using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Router;

/// <summary>One line of the audit: what happened to whom, and how it ended. Names and numbers only; absent members are left out.</summary>
internal readonly record struct AuditEntry(string Event, string Outcome)
{
    public long AtMs { get; init; }

    /// <summary>Who asked, or which key was refused; only a key that signed what it was refused for.</summary>
    public PublicKey? Key { get; init; }
    public PublicKey? Node { get; init; }
    public string? RequestId { get; init; }

    /// <summary>As a node serves it, never as a client spelled it.</summary>
    public string? Model { get; init; }
    public long? TookMs { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }

    /// <summary>How many of this kind there were within a minute that have no line of their own.</summary>
    public long? Count { get; init; }
}
