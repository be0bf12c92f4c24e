using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>What a daemon's own manifest said of its machine, which it says again when it is written anew and nothing newer is known; of a node also the role of its model, of a router the requests per second, and its mode, which only a promotion changes.</summary>
internal sealed record ManifestBefore(CapabilityBands Bands, JsonElement? Benchmarks, JsonElement? Profile)
{
    public string? ModelRole { get; init; }
    public double? MaxQps { get; init; }
    public string? RouterMode { get; init; }
}
