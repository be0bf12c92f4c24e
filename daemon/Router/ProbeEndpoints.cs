using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// Tells a daemon whether the address it announces leads to it, by trying (fedai doctor). It connects only to the address that the
/// asker comes from, so nobody can send it anywhere else, and seldom.
/// </summary>
internal sealed class ProbeEndpoints(EnvelopeGate gate, RouterAdmission admit, PeerHttp http, HttpOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>A status has 1 to 3 KiB.</summary>
    private const int MaxStatusBytes = 16 * 1024;

    /// <summary>Probes under way; each holds a connection for at most <see cref="Limit"/>.</summary>
    private readonly ConcurrencyLimiter atOnce = new(new ConcurrencyLimiterOptions { PermitLimit = 8, QueueLimit = 0 });

    // A person who mends a firewall tries a few times in a row.
    private readonly PartitionedRateLimiter<PublicKey> perKey = PartitionedRateLimiter.Create<PublicKey, string>(key => RateLimitPartition.GetTokenBucketLimiter(key.Hex,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 5, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(10), QueueLimit = 0 }));

    public void Map(IEndpointRouteBuilder app) => app.MapPost("/probe", (RequestDelegate)ProbeAsync);

    public void Dispose()
    {
        atOnce.Dispose();
        perKey.Dispose();
    }

    private async Task ProbeAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.ReachProbe, key => admit.Client(context, key));
        if (admission.Refusal is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        using var turn = perKey.AttemptAcquire(admission.Key);
        using var place = atOnce.AttemptAcquire();
        if (!turn.IsAcquired || !place.IsAcquired)
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.RateLimited, "This address was tried often enough; wait before the next time.", RetryAfterSeconds: 10));
            return;
        }

        var asker = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        var reason = AddressPolicy.CheckEndpoint(admission.Payload.Endpoint, options.AllowPrivate, out var address)?.Code
            ?? await TryAsync(new PeerEndpoint(address!, admission.Payload.TlsSpki), asker, admission.Key, context.RequestAborted);
        var report = new ReachReport { Reachable = reason is null, SeenAs = asker.ToString(), Reason = reason?.Wire() };
        await WireAnswer.WriteAsync(context.Response, JsonSerializer.SerializeToUtf8Bytes(report, ProtocolJson.Default.ReachReport));
    }

    /// <summary>Null when this very key answers there.</summary>
    private async Task<ErrorCode?> TryAsync(PeerEndpoint endpoint, IPAddress asker, PublicKey key, CancellationToken cancellationToken)
    {
        using var limit = new PeerDeadline(Limit, time, cancellationToken);
        try
        {
            var status = await http.GetOnceAsync(endpoint, "status", asker, MaxStatusBytes, limit.Token);
            return JsonNode.Parse(status) is JsonObject members && (string?)members["npub"] == key.Npub ? null : ErrorCode.NodeResponseKeyMismatch;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ErrorCode.InvalidNodeResponse;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            return PeerRefusal.Unreachable(exception, ErrorCode.NodeUnreachable, "").Code;
        }
    }
}
