using System.Threading.RateLimiting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Lets a daemon measure how fast it reaches this router: it takes what is sent, and sends so many bytes back. Few at once and seldom, because it costs bandwidth.</summary>
internal sealed class ThroughputEndpoints(EnvelopeGate gate, RouterAdmission admit) : IDisposable
{
    /// <summary>A second of a slow line, and long enough for a fast one to get going.</summary>
    private const int MaxBytes = 1 << 20;

    private readonly ConcurrencyLimiter atOnce = new(new ConcurrencyLimiterOptions { PermitLimit = 4, QueueLimit = 0 });

    // Up and down, small and large, and that twice in a row.
    private readonly PartitionedRateLimiter<PublicKey> perKey = PartitionedRateLimiter.Create<PublicKey, string>(key => RateLimitPartition.GetTokenBucketLimiter(key.Hex,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 8, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(10), QueueLimit = 0 }));

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/throughput", (RequestDelegate)MeasureAsync);

    public void Dispose()
    {
        atOnce.Dispose();
        perKey.Dispose();
    }

    private async Task MeasureAsync(HttpContext context)
    {
        using var place = atOnce.AttemptAcquire();
        if (!place.IsAcquired)
        {
            await WireAnswer.RefuseAsync(context.Response, TooOften);
            return;
        }

        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.ThroughputProbe, key => admit.Client(context, key));
        if (admission.Refusal is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        using var turn = perKey.AttemptAcquire(admission.Key);
        if (!turn.IsAcquired || admission.Payload.Bytes is < 0 or > MaxBytes)
        {
            await WireAnswer.RefuseAsync(context.Response, turn.IsAcquired ? new Refusal(ErrorCode.InvalidRequest, $"bytes must be 0 to {MaxBytes}.") : TooOften);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = admission.Payload.Bytes;
        // Nothing on the way compresses an octet stream of ours, so what it holds does not matter.
        if (admission.Payload.Bytes > 0) await context.Response.Body.WriteAsync(new byte[admission.Payload.Bytes], context.RequestAborted);
    }

    private static Refusal TooOften { get; } = new(ErrorCode.RateLimited, "The way here was measured often enough; wait before the next time.", RetryAfterSeconds: 10);
}
