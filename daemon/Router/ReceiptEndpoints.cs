using System.Threading.RateLimiting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// Proves to whoever asked for a request, and to the node that ran it, that its record is under a root this router announced. Nobody
/// else learns that there was such a request.
/// </summary>
internal sealed class ReceiptEndpoints(EnvelopeGate gate, RouterAdmission admit, MeteringTable table, RouterReceipts receipts, AnnouncedReceipts announced, TimeProvider time) : IDisposable
{
    // A receipt never changes, so nobody needs one often; who looks after a day's requests may ask for some in a row.
    private readonly PartitionedRateLimiter<PublicKey> perKey = PartitionedRateLimiter.Create<PublicKey, string>(key => RateLimitPartition.GetTokenBucketLimiter(key.Hex,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 16, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(10), QueueLimit = 0 }));

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/receipt", (RequestDelegate)ProveAsync);

    public void Dispose() => perKey.Dispose();

    private async Task ProveAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.ReceiptRequest, key => admit.Client(context, key));
        if (admission.Refusal is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        using var turn = perKey.AttemptAcquire(admission.Key);
        if (!turn.IsAcquired)
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.RateLimited, "Receipts were asked for often enough now; ask again later.", RetryAfterSeconds: 10));
            return;
        }

        var asker = admission.Key.Npub;
        // A request that was tried on several nodes has a record of each that ran it; the last one is what was paid for.
        var row = table.Get(admission.Payload.RequestId).LastOrDefault(row => row.Client == asker || row.Node == asker);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (row is null)
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.MeteringUnknownRequest, "This router has no record of such a request by you or run by you."));
            return;
        }

        var (window, path, wait) = await receipts.FindAsync(row, now, context.RequestAborted);
        if (window is null)
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.MeteringUnknownRequest,
                wait > 0 ? $"The root over that quarter of an hour is announced in {wait} s; ask again then." : "The books of that time are gone.", RetryAfterSeconds: wait > 0 ? wait : null));
            return;
        }

        await WireAnswer.WriteAsync(context.Response, announced.Sign(row.RequestId, window, path!, now));
    }
}
