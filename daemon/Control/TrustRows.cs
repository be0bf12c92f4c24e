using System.Text.Json.Nodes;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Control;

/// <summary>Where a key's score comes from as JSON, for <c>fedai trust explain</c>.</summary>
internal static class TrustRows
{
    public static JsonObject Of(TrustExplanation told) => new()
    {
        ["npub"] = Name(told.Key),
        ["score"] = told.Score,
        ["standing"] = told.Standing.ToString().ToLowerInvariant(),
        ["minScore"] = told.MinScore,
        ["filters"] = told.Filters,
        ["root"] = told.IsRoot,
        ["lists"] = new JsonArray([.. told.Lists.Select(list => JsonValue.Create(list))]),
        ["follows"] = new JsonObject
        {
            ["points"] = told.Vouched,
            ["paths"] = new JsonArray([.. told.Paths.Select(path => new JsonObject
            {
                ["via"] = new JsonArray([.. path.Via.Select(key => JsonValue.Create(Name(key)))]),
                ["points"] = path.Points,
            })]),
            ["more"] = told.MorePaths,
        },
        ["denials"] = new JsonObject
        {
            ["points"] = told.Denied,
            ["by"] = new JsonArray([.. told.Denials.Select(denial => new JsonObject { ["npub"] = Name(denial.By), ["what"] = denial.Reports ? "report" : "mute", ["points"] = denial.Points })]),
        },
        ["ranks"] = new JsonObject
        {
            ["points"] = told.Ranked,
            ["by"] = new JsonArray([.. told.Ranks.Select(said => new JsonObject { ["npub"] = Name(said.Provider), ["rank"] = said.Rank })]),
        },
        ["experience"] = told.Experience is not { } own ? null : new JsonObject { ["good"] = Math.Round(own.Good, 2), ["bad"] = Math.Round(own.Bad, 2), ["percent"] = told.ExperiencePercent },
    };

    /// <summary>A list may name 32 bytes that are no key; they have no npub.</summary>
    private static string Name(Hex32 key) => key.TryGetKey(out var named) ? named.Npub : key.ToString();
}
