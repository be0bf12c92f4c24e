using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Control;

/// <summary>What the daemon tells its own user about its books; on this machine only.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        app.MapGet("/metering/summary", SummaryAsync);
        app.MapGet("/market", MarketAsync);
    }

    /// <summary>For fedai recommend: what routers ask, and how fast the model that is named answered here.</summary>
    private static Task MarketAsync(HttpContext context, MeteringTable metering, RouterDirectory routers, TimeProvider time)
    {
        if (!PeerAddress.IsLocal(context)) return WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "This is shown on this machine only."));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var prices = routers.Current.SelectMany(router => router.Prices.GetValueOrDefault(RouterJobType.GenChunk) is { Sheet.Models: { } models } price && price.ExpiresAtMs > now ? models : [])
            .Select(price => new AdvertisedPrice(price.InputMsatPer1K, price.OutputMsatPer1K));
        var jobs = metering.Newest(context.Request.Query["model"].ToString(), SpeedRules.LeastJobTokens, SpeedRules.LastJobs).Reverse().Select(Speed).OfType<long>();
        return WireAnswer.WriteAsync(context.Response, JsonSerializer.SerializeToUtf8Bytes(new MarketView([.. prices], [.. jobs]), CapabilityJson.Default.MarketView));
    }

    private static long? Speed(byte[] envelope) =>
        EnvelopeSealer.TryOpen(envelope, out var signed, out _) && signed.TryRead(ProtocolJson.Default.MeteringRecord, out var record, out _) ? SpeedRules.OfJob(record.OutputTokens, record.WallTimeMs, record.TtftMs ?? 0) : null;

    private static Task SummaryAsync(HttpContext context, MeteringTable metering)
    {
        if (!PeerAddress.IsLocal(context)) return WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "The books are shown on this machine only."));
        _ = long.TryParse(context.Request.Query["since"], out var sinceMs);
        var totals = metering.Totals(sinceMs).Select(total => new JsonObject
        {
            ["node"] = total.Node,
            ["model"] = total.Model,
            ["requests"] = total.Requests,
            ["inputTokens"] = total.InputTokens,
            ["outputTokens"] = total.OutputTokens,
            ["wallTimeMs"] = total.WallMs,
            ["priceMsat"] = total.PriceMsat,
        });
        return WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(new JsonObject { ["totals"] = new JsonArray([.. totals]) }.ToJsonString()));
    }
}
