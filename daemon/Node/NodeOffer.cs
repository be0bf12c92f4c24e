using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using ModelCapability = FedAi.Protocol.Messages.Capability;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>What this node offers at this moment, as it tells its routers; and the moment it changes.</summary>
internal sealed class NodeOffer(NodeIdentity identity, NodeSealKeys seals, IRunner runner, CapacityGate capacity, PublicAddress address, ChannelStates channels)
{
    private volatile TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool leaving;

    /// <summary>Completes when the offer has changed since this call.</summary>
    public Task NextChange() => change.Task;

    /// <summary>A model came or went, or the node filled up or emptied.</summary>
    public void Changed() =>
        Interlocked.Exchange(ref change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>From now on this node offers nothing: it is about to stop.</summary>
    public void Leave() => leaving = true;

    /// <summary>The descriptor for this router, or why there is none yet. Without a model it offers nothing, and says so.</summary>
    public (NodeDescriptor? Descriptor, Refusal? NotYet) Describe(PublicKey router)
    {
        if (address.Endpoint is not { } endpoint) return (null, new Refusal(ErrorCode.ServiceUnconfigured, "This node does not listen yet."));
        var overChannel = channels.IsWanted(router) == true;
        if (overChannel && channels.Problem(router) is { } closed) return (null, closed);
        return (new NodeDescriptor
        {
            NodeId = identity.NodeId,
            KeyId = identity.Key.PublicKey.Npub,
            Endpoint = overChannel ? ChannelHandshake.Endpoint : endpoint.ToString(),
            Region = identity.Region,
            Capacity = new NodeCapacity { MaxConcurrent = capacity.MaxConcurrency, CurrentLoad = capacity.Running },
            Capabilities =
            [
                .. (leaving ? [] : runner.Models).Select(model => new ModelCapability
                {
                    ModelId = model.Id,
                    ContextWindow = model.ContextTokens,
                    MaxTokens = Math.Min(identity.Limits.Of(model.Id).Tokens, model.ContextTokens),
                    Pricing = identity.Pricing.ToWire(),
                    JobTypes = JobTypes(model),
                    Features = model.Features.Count > 0 ? model.Features : null,
                    ModelHash = model.Sha256,
                }),
            ],
            Features = [PeerFeatures.Chat, PeerFeatures.Sealed],
            TlsSpki = overChannel ? null : address.TlsSpki,
            SealKey = seals.Current.SealKey,
        }, null);
    }

    private static IReadOnlyList<RouterJobType> JobTypes(RunnerModel model) => (RoleTypes.JobOf(model.Id), model.Generates, model.Features.Contains(ModelFeatures.Embeddings)) switch
    {
        ({ } role, _, _) => [role],
        (_, true, false) => [RouterJobType.GenChunk],
        (_, true, true) => [RouterJobType.Embedding, RouterJobType.GenChunk],
        _ => [RouterJobType.Embedding],
    };
}
