using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>Whether this daemon and one router reach each other, for fedai doctor: which way, and the code that says why not.</summary>
internal sealed record ReachFinding(PublicKey Router, string Way, bool Reachable, ErrorCode? Reason, string? SeenAs = null)
{
    /// <summary>The router tried this daemon's own address.</summary>
    public const string Direct = "direct";

    /// <summary>The router asks over a connection that this daemon opened.</summary>
    public const string Reverse = "reverse";

    /// <summary>This daemon tried the router's address.</summary>
    public const string Outward = "outward";

    public static ReachFinding Of(PublicKey router, ReachReport? report, Refusal? refusal) => report is null
        ? new ReachFinding(router, Direct, false, refusal!.Code)
        : new ReachFinding(router, Direct, report.Reachable, report.Reachable ? null : ErrorCodes.TryParse(report.Reason, out var code) ? code : ErrorCode.RouterError,
            System.Net.IPAddress.TryParse(report.SeenAs, out var address) ? address.ToString() : null);

    public JsonObject ToJson() => new()
    {
        ["router"] = Router.Npub,
        ["way"] = Way,
        ["reachable"] = Reachable,
        ["reason"] = Reason?.Wire(),
        ["seenAs"] = SeenAs,
    };
}
