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
                    ["namespaces"] = Namespaces(keys),
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

            case ApiKeyOrder.Limit:
                if (!ApiKeyRules.TryReadLimit(order, out var period, out var unfitLimit)) return (null, unfitLimit);
                return await keys.LimitAsync(order.Namespace!, order.Tokens, period) is { } notLimited ? (null, notLimited)
                    : (Sum(order.Namespace!, [.. keys.All.Where(account => account.Key.Namespace == order.Namespace)], keys.Namespaces.Single(one => one.Name == order.Namespace).Quota), null);

            default:
                return (null, new Refusal(ErrorCode.InvalidRequest, "op must be new, list, revoke, rotate or limit"));
        }
    }

    private static JsonObject With(ApiAccount account, string secret, TimeProvider time)
    {
        var answer = ToJson(account, time);
        answer["key"] = secret;
        return answer;
    }

    /// <summary>Those that keys are in, or that have a limit; first the keys that are in none.</summary>
    private static JsonArray Namespaces(ApiKeys keys)
    {
        var members = keys.All.ToLookup(account => account.Key.Namespace, StringComparer.Ordinal);
        var named = keys.Namespaces.Where(one => members.Contains(one.Name) || one.Quota.Limit.Tokens is not null).Select(one => Sum(one.Name, [.. members[one.Name]], one.Quota));
        return new JsonArray([.. members.Contains("") ? named.Prepend(Sum("", [.. members[""]], null)) : named]);
    }

    /// <summary>What the keys of a namespace used, each in its own current period; and all of them together against its limit.</summary>
    private static JsonObject Sum(string name, IReadOnlyList<ApiAccount> members, TokenQuota? quota)
    {
        var used = members.Select(account => account.Current).ToList();
        return new JsonObject
        {
            ["namespace"] = name,
            ["keys"] = used.Count,
            ["usedTokens"] = used.Sum(one => one.Usage.Tokens),
            ["reservedTokens"] = used.Sum(one => one.Usage.Reserved),
            ["requests"] = used.Sum(one => one.Usage.Requests),
            ["running"] = used.Sum(one => one.Running),
            ["limit"] = quota is { Limit: { Tokens: { } tokens, Period: var period }, Usage: var together }
                ? new JsonObject { ["tokens"] = tokens, ["period"] = period.ToString().ToLowerInvariant(), ["usedTokens"] = together.Tokens, ["reservedTokens"] = together.Reserved } : null,
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
