using System.Diagnostics.CodeAnalysis;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Equality of what two heartbeats say of a model; records compare lists by reference, which is not meant here.</summary>
internal sealed class CapabilityComparer : IEqualityComparer<Capability>
{
    public static CapabilityComparer Instance { get; } = new();

    public bool Equals(Capability? x, Capability? y) =>
        x is not null && y is not null
        && x with { JobTypes = null } == y with { JobTypes = null }
        && (x.JobTypes ?? []).SequenceEqual(y.JobTypes ?? []);

    public int GetHashCode([DisallowNull] Capability obj) => obj.ModelId.GetHashCode(StringComparison.Ordinal);
}
