using System.Threading.Channels;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>The node's books: a record is on disk before its answer is called final (DECISIONS E9); records of runs that were cut short wait here for their router.</summary>
internal sealed class NodeMetering(MeteringTable table, NodeIdentity identity, TimeProvider time)
{
    /// <summary>A router that is away for long loses the oldest reports; this node's own books keep them all.</summary>
    private readonly Channel<MeteringReport> reports = Channel.CreateBounded<MeteringReport>(new BoundedChannelOptions(256)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    });

    public ChannelReader<MeteringReport> Reports => reports.Reader;

    /// <summary>Commits the record of a finished run, synced; null when it is on disk.</summary>
    public Task<Refusal?> CommitAsync(PublicKey router, MeteringRecord record, ReadOnlyMemory<byte> envelope) =>
        table.AddAsync(MeteringRows.Of(record, identity.Key.PublicKey, router.Npub, envelope), Durability.Full);

    /// <summary>Commits the record of a run that was cut short, and sends it to the router that asked for the run.</summary>
    public async Task CommitAndReportAsync(PublicKey router, MeteringRecord record)
    {
        var envelope = EnvelopeSealer.Seal(record, ProtocolJson.Default.MeteringRecord, identity.Key, time.GetUtcNow().ToUnixTimeMilliseconds());
        await CommitAsync(router, record, envelope);
        reports.Writer.TryWrite(new MeteringReport(router, record));
    }
}
