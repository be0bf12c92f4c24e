using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>A metering record as a row of the store, beside the envelope it was signed in.</summary>
internal static class MeteringRows
{
    public static MeteringRow Of(MeteringRecord record, PublicKey node, string? asker, ReadOnlyMemory<byte> envelope) => new()
    {
        RequestId = record.RequestId,
        Node = node.Npub,
        Client = asker,
        Model = record.ModelId,
        InputTokens = (long)record.InputTokens,
        OutputTokens = (long)record.OutputTokens,
        WallMs = (long)record.WallTimeMs,
        PriceMsat = record.PriceMsat,
        Status = (record.Status ?? MeteringStatus.Complete).ToString().ToLowerInvariant(),
        TsMs = (long)record.Ts,
        Envelope = envelope.ToArray(),
    };
}
