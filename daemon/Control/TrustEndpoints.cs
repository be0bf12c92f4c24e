using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Control;

/// <summary>What the daemon tells its own user about whom it believes, which routers it would ask and what they offer; on this machine only.</summary>
internal static class TrustEndpoints
{
    private static readonly Refusal Elsewhere = new(ErrorCode.NotFound, "Trust is shown on this machine only.");

    public static void MapTrust(this IEndpointRouteBuilder app)
    {
        app.MapGet("/trust/{key}", ExplainAsync);
        app.MapGet("/routers", RoutersAsync);
        app.MapGet("/federation/peers", PeersAsync);
    }

    private static Task ExplainAsync(HttpContext context, string key, WebOfTrust web) =>
        !PeerAddress.IsLocal(context) ? WireAnswer.RefuseAsync(context.Response, Elsewhere)
        : !PublicKey.TryParse(key, out var named) ? WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.InvalidRequest, "The key must be npub1… or 64 hex digits."))
        : WriteAsync(context, TrustRows.Of(web.Explain(Hex32.From(named))));

    private static Task RoutersAsync(HttpContext context, RouterChoice choice, TimeProvider time)
    {
        if (!PeerAddress.IsLocal(context)) return WireAnswer.RefuseAsync(context.Response, Elsewhere);
        string? model = context.Request.Query["model"];
        return WriteAsync(context, new JsonObject { ["routers"] = RouterRows.Of(choice.Explain(model), model, time.GetUtcNow().ToUnixTimeMilliseconds()) });
    }

    private static Task PeersAsync(HttpContext context, RouterChoice choice, TimeProvider time) =>
        !PeerAddress.IsLocal(context) ? WireAnswer.RefuseAsync(context.Response, Elsewhere)
        : WriteAsync(context, new JsonObject { ["peers"] = RouterRows.WithCaps(choice.Explain(modelId: null), time.GetUtcNow().ToUnixTimeMilliseconds()) });

    private static Task WriteAsync(HttpContext context, JsonObject answer) => WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(answer.ToJsonString()));
}
