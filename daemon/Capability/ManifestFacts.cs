using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>What both kinds of manifest say beside roles and limits. Nothing measured means the lowest or unknown bands, and benchmarks null.</summary>
internal sealed record ManifestFacts
{
    public required string Version { get; init; }
    public required long NowMs { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
    public MachineProfile? Profile { get; init; }
    public BenchResult? Bench { get; init; }

    /// <summary>What the manifest said until now, where profile or benchmark are not given; null when there was none.</summary>
    public ManifestBefore? Before { get; init; }

    /// <summary>The role that the model was given; null leaves it to what was before, or to the machine.</summary>
    public string? ModelRole { get; init; }

    /// <summary>Whether something that this node serves answers in JSON.</summary>
    public bool HasJson { get; init; } = true;

    /// <summary>The relays that were found, and how they were looked for; null leaves them out.</summary>
    public RelayDiscoverySnapshot? Relays { get; init; }

    public PrivacyOptions Privacy { get; init; } = new();
}
