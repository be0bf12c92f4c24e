using System.CommandLine;
using System.Globalization;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary>How relays are looked for, as flags of one command; and the search itself.</summary>
internal static class RelayFlags
{
    private static readonly Option<string[]> Bootstrap = Many("--bootstrap", "URL", "relay to begin with, instead of relays.bootstrap");
    private static readonly Option<string[]> TrustScores = Many("--trust-scores", "URL=POINTS", "points that a relay gets or loses, instead of relays.trustScores");
    private static readonly Option<int?> MinScore = new("--min-score") { Description = "leave out relays with fewer points, instead of relays.minScore", HelpName = "POINTS" };
    private static readonly Option<int?> MaxResults = new("--max-results") { Description = "take so many at most, instead of relays.maxResults", HelpName = "COUNT" };

    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[Bootstrap, CliOptions.Aggregators, TrustScores, MinScore, MaxResults]) command.Options.Add(option);
    }

    /// <summary>What was given, by configuration key.</summary>
    public static (string Key, string? Value)[] Values(ParseResult arguments) =>
    [
        ("relays.bootstrap", List(arguments, Bootstrap)), ("relays.directories", List(arguments, CliOptions.Aggregators)), ("relays.trustScores", List(arguments, TrustScores)),
        ("relays.minScore", Text(arguments.GetValue(MinScore))), ("relays.maxResults", Text(arguments.GetValue(MaxResults))),
    ];

    /// <summary>The relays as of now, for a manifest; null when nobody is configured to be asked.</summary>
    public static async Task<RelayDiscoverySnapshot?> FindAsync(FedAiOptions options, string dataFolder, CancellationToken cancellationToken)
    {
        if (options.Relays.Bootstrap.Count + options.Relays.Directories.Count == 0) return null;
        var finder = RelaySources.Finder(options.Relays, PeeringModule.RelaysHttp(options.Http.AllowPrivate), TimeProvider.System);
        if (new RelayMemory(Path.Combine(dataFolder, options.Network, RelayMemory.FileName)).Load() is { } earlier) finder.Remember(earlier);
        using (var progress = new ProgressLine("directories", options.Relays.Directories.Count)) await finder.AskAsync(progress, cancellationToken);
        foreach (var failed in finder.Answers.Where(answer => answer.Problem is not null)) await Errors.TellAsync($"{failed.Directory} {failed.Problem}");
        return finder.Snapshot(finder.Find([]));
    }

    private static Option<string[]> Many(string name, string value, string description) =>
        new(name) { Description = description + "; may be given several times", HelpName = value, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    private static string? List(ParseResult arguments, Option<string[]> option) => arguments.GetValue(option) is { Length: > 0 } given ? string.Join(',', given) : null;

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
