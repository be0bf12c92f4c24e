using System.Text.Json.Nodes;
using FedAi.Daemon.Accounts;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Control;

/// <summary>Carries out what <c>fedai apikeys</c> asks: in the running daemon, or straight on its store when none runs.</summary>
internal static class ApiKeyDesk
{
    private const long MaxGraceSeconds = 90 * 86_400;

    /// <summary>The answer, or why there is none. A secret is in the answer to new and rotate, and nowhere else ever.</summary>
    public static async Task<(JsonObject? Answer, Refusal? Refusal)> RunAsync(ApiKeyOrder order, ApiKeys keys, TimeProvider time)
    {
        switch (order.Op)
        {
            case ApiKeyOrder.List:
                return (new JsonObject
                {
                    ["keys"] = new JsonArray([.. keys.All.Select(account => ToJson(account, time))]),
                    ["namespaces"] = new JsonArray([.. keys.All.GroupBy(account => account.Key.Namespace, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Sum)]),
                }, null);

            case ApiKeyOrder.New:
                if (!ApiKeyRules.TryRead(order, time.GetUtcNow().ToUnixTimeMilliseconds(), out var wanted, out var unfit)) return (null, unfit);
                var (made, secret, notMade) = await keys.IssueAsync(wanted);
                return made is null ? (null, notMade) : (With(made, secret!, time), null);

            case ApiKeyOrder.Rotate when order.GraceSeconds is null or (>= 0 and <= MaxGraceSeconds):
                var (rotated, fresh, notRotated) = await keys.RotateAsync(order.Id ?? "", TimeSpan.FromSeconds(order.GraceSeconds ?? 0));
                return rotated is null ? (null, notRotated) : (With(rotated, fresh!, time), null);

            case ApiKeyOrder.Rotate:
                return (null, new Refusal(ErrorCode.InvalidRequest, $"--grace may be 0 to {MaxGraceSeconds / 86_400} days"));

            case ApiKeyOrder.Revoke:
                var (revoked, notRevoked) = await keys.RevokeAsync(order.Id ?? "");
                return revoked is null ? (null, notRevoked) : (ToJson(revoked, time), null);

            default:
                return (null, new Refusal(ErrorCode.InvalidRequest, "op must be new, list, revoke or rotate"));
        }
    }

    private static JsonObject With(ApiAccount account, string secret, TimeProvider time)
    {
        var answer = ToJson(account, time);
        answer["key"] = secret;
        return answer;
    }

    /// <summary>What the keys of a group used, each in its own current period.</summary>
    private static JsonObject Sum(IGrouping<string, ApiAccount> group)
    {
        var used = group.Select(account => account.Current).ToList();
        return new JsonObject
        {
            ["namespace"] = group.Key,
            ["keys"] = used.Count,
            ["usedTokens"] = used.Sum(one => one.Usage.Tokens),
            ["reservedTokens"] = used.Sum(one => one.Usage.Reserved),
            ["requests"] = used.Sum(one => one.Usage.Requests),
            ["running"] = used.Sum(one => one.Running),
        };
    }

    private static JsonObject ToJson(ApiAccount account, TimeProvider time)
    {
        var (key, (usage, running)) = (account.Key, account.Current);
        return new JsonObject
        {
            ["id"] = key.Id,
            ["npub"] = key.Npub,
            ["name"] = key.Name,
            ["namespace"] = key.Namespace,
            ["state"] = key.RevokedMs is not null ? "revoked" : key.ExpiresMs <= time.GetUtcNow().ToUnixTimeMilliseconds() ? "expired" : "active",
            ["createdMs"] = key.CreatedMs,
            ["expiresMs"] = key.ExpiresMs,
            ["revokedMs"] = key.RevokedMs,
            ["perSecond"] = key.PerSecond,
            ["burst"] = key.Burst,
            ["concurrency"] = key.Concurrency,
            ["tokens"] = key.Tokens,
            ["period"] = key.Period.ToString().ToLowerInvariant(),
            ["models"] = new JsonArray([.. key.Models.Select(model => JsonValue.Create(model))]),
            ["usedTokens"] = usage.Tokens,
            ["reservedTokens"] = usage.Reserved,
            ["requests"] = usage.Requests,
            ["running"] = running,
        };
    }
}
