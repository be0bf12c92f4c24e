using System.Diagnostics.CodeAnalysis;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>Which keys make sense. Pure: every problem of an order at once, each naming what to write instead.</summary>
internal static class ApiKeyRules
{
    private const int MaxNameChars = 64;
    private const int MaxModels = 64;
    private const int MaxModelChars = 256;

    /// <summary>The key that an order for a new one describes; id and time are the caller's to give.</summary>
    public static bool TryRead(ApiKeyOrder order, long nowMs, [NotNullWhen(true)] out ApiKeyRow? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        List<string> problems =
        [
            .. Range("--rps", order.PerSecond, 0.001, 10_000), .. Range("--burst", order.Burst, 1, 100_000), .. Range("--concurrency", order.Concurrency, 1, 10_000),
            .. Quota(order, out var period), .. Group(order.Namespace),
        ];
        if (!PublicKey.TryParse(order.Npub ?? "", out var owner)) problems.Add("--npub must be a public key: npub1… or 64 hex digits");
        var name = order.Name ?? "";
        if (name.Length > MaxNameChars || name.Any(char.IsControl)) problems.Add($"--name may have {MaxNameChars} characters, none of them a control character");
        var models = order.Models ?? [];
        if (models.Count > MaxModels || models.Any(model => model.Length is 0 or > MaxModelChars || model.Any(char.IsControl))) problems.Add($"--models may name {MaxModels} models of at most {MaxModelChars} characters");
        if (order.ExpiresMs <= nowMs) problems.Add("--days must be 1 or more");
        refusal = problems.Count > 0 ? new Refusal(ErrorCode.InvalidRequest, string.Join("; ", problems)) : null;
        key = refusal is not null ? null : new ApiKeyRow
        {
            Id = "",
            Npub = owner!.Npub,
            Name = name,
            Namespace = order.Namespace ?? "",
            CreatedMs = 0,
            ExpiresMs = order.ExpiresMs,
            PerSecond = order.PerSecond,
            Burst = order.Burst,
            Concurrency = order.Concurrency,
            Tokens = order.Tokens,
            Period = period,
            Models = models,
        };
        return key is not null;
    }

    /// <summary>The limit of a namespace that an order describes; no tokens: none any more.</summary>
    public static bool TryReadLimit(ApiKeyOrder order, out QuotaPeriod period, [NotNullWhen(false)] out Refusal? refusal)
    {
        List<string> problems = [.. Quota(order, out period), .. string.IsNullOrEmpty(order.Namespace) ? ["name the namespace"] : Group(order.Namespace)];
        refusal = problems.Count > 0 ? new Refusal(ErrorCode.InvalidRequest, string.Join("; ", problems)) : null;
        return refusal is null;
    }

    private static IReadOnlyList<string> Quota(ApiKeyOrder order, out QuotaPeriod period) =>
    [
        .. Range("--tokens", order.Tokens, 1, long.MaxValue / 4),
        .. Enum.TryParse(order.Period ?? nameof(QuotaPeriod.Total), ignoreCase: true, out period) && Enum.IsDefined(period) ? Array.Empty<string>() : ["--per must be day, month or total"],
    ];

    private static IEnumerable<string> Group(string? name)
    {
        if (name is { } group && (group.Length > MaxNameChars || !group.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))) yield return $"--namespace may have {MaxNameChars} of a-z, A-Z, 0-9, . _ -";
    }

    private static IEnumerable<string> Range(string name, double? value, double least, double most)
    {
        if (value is { } given && !(given >= least && given <= most)) yield return FormattableString.Invariant($"{name} must be {least} to {most}");
    }
}
