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
            .. Range("--tokens", order.Tokens, 1, long.MaxValue / 4),
        ];
        if (!PublicKey.TryParse(order.Npub ?? "", out var owner)) problems.Add("--npub must be a public key: npub1… or 64 hex digits");
        var name = order.Name ?? "";
        if (name.Length > MaxNameChars || name.Any(char.IsControl)) problems.Add($"--name may have {MaxNameChars} characters, none of them a control character");
        var group = order.Namespace ?? "";
        if (group.Length > MaxNameChars || !group.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')) problems.Add($"--namespace may have {MaxNameChars} of a-z, A-Z, 0-9, . _ -");
        var models = order.Models ?? [];
        if (models.Count > MaxModels || models.Any(model => model.Length is 0 or > MaxModelChars || model.Any(char.IsControl))) problems.Add($"--models may name {MaxModels} models of at most {MaxModelChars} characters");
        if (order.ExpiresMs <= nowMs) problems.Add("--days must be 1 or more");
        if (!Enum.TryParse<QuotaPeriod>(order.Period ?? nameof(QuotaPeriod.Total), ignoreCase: true, out var period) || !Enum.IsDefined(period)) problems.Add("--per must be day, month or total");
        refusal = problems.Count > 0 ? new Refusal(ErrorCode.InvalidRequest, string.Join("; ", problems)) : null;
        key = refusal is not null ? null : new ApiKeyRow
        {
            Id = "",
            Npub = owner!.Npub,
            Name = name,
            Namespace = group,
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

    private static IEnumerable<string> Range(string name, double? value, double least, double most)
    {
        if (value is { } given && !(given >= least && given <= most)) yield return FormattableString.Invariant($"{name} must be {least} to {most}");
    }
}
