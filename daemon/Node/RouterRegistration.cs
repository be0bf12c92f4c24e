using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>One registration at one router: what this node offers now, and then its manifest.</summary>
internal sealed class RouterRegistration(NodeOffer offer, RouterCallClient client, OwnManifest manifest)
{
    /// <summary>Null when the router took the offer.</summary>
    public async Task<Refusal?> RunAsync(PublicKey router, CancellationToken stopping)
    {
        try
        {
            var (descriptor, refusal) = offer.Describe(router);
            if (descriptor is not null) refusal = await client.PostAsync(router, "register-node", descriptor, ProtocolJson.Default.NodeDescriptor, stopping);
            await manifest.ShowAsync(router, refusal is null, stopping);
            return refusal;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
