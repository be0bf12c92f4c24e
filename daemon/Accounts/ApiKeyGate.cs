using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>
/// The way into /v1 from other machines (DECISIONS E18): how often the address asks, whether it has a key that holds, whether that key's
/// owner is welcome, and whether the key may ask now. Cheap checks come first, and nothing is remembered of whoever has no key.
/// </summary>
internal sealed class ApiKeyGate(ApiKeys keys, GateLimits limits, TrustScores trust)
{
    private static readonly Refusal NoKey = new(ErrorCode.Unauthorized,
        "This address needs an API key: ask the router's operator for one and send it as `Authorization: Bearer …`; or run `fedai gateway` on your own machine, which asks in your own name, and use http://127.0.0.1:8484/v1.");

    private static readonly Refusal TooOften = new(ErrorCode.RateLimited, "Too many requests from your address: wait, then send it again.", RetryAfterSeconds: 1);

    /// <summary>The key the caller came in with, or why it did not. The allowance is there when a key that holds was shown.</summary>
    public (ApiAccount? Account, ApiAllowance? Allowance, Refusal? Refusal) Admit(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is { } address && !limits.Admits(address)) return Refused(TooOften, "address");
        var secret = ApiSecret.OfHeader(context.Request.Headers.Authorization.ToString());
        if (secret.IsEmpty) return Refused(NoKey, "none");
        var (account, unknown) = keys.Find(secret);
        if (account is null) return Refused(unknown!, "invalid");
        if (AdmissionPolicy.Client(trust.Judge(account.Owner), open: true) is { } unwelcome) return Refused(unwelcome, "unwelcome");

        var refusal = account.TryAsk(keys.Defaults, out var allowance);
        AccountsMetrics.Count(refusal is null ? "admitted" : "limited");
        return (refusal is null ? account : null, allowance, refusal);
    }

    private static (ApiAccount?, ApiAllowance?, Refusal?) Refused(Refusal refusal, string outcome)
    {
        AccountsMetrics.Count(outcome);
        return (null, null, refusal);
    }
}
