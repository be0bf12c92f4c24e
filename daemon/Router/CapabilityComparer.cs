using System.Diagnostics.CodeAnalysis;
using ModelCapability = FedAi.Protocol.Messages.Capability;

namespace FedAi.Daemon.Router;

/// <summary>Equality of what two heartbeats say of a model; records compare lists by reference, which is not meant here.</summary>
internal sealed class CapabilityComparer : IEqualityComparer<ModelCapability>
{
    public static CapabilityComparer Instance { get; } = new();

    public bool Equals(ModelCapability? x, ModelCapability? y) =>
        x is not null && y is not null
        && x with { JobTypes = null, Features = null } == y with { JobTypes = null, Features = null }
        && (x.JobTypes ?? []).SequenceEqual(y.JobTypes ?? [])
        && (x.Features ?? []).SequenceEqual(y.Features ?? []);

    public int GetHashCode([DisallowNull] ModelCapability obj) => obj.ModelId.GetHashCode(StringComparison.Ordinal);
}
