using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Json;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai relays</c>: which relays the directories name, how they are ranked, and why.</summary>
internal static class RelaysCommand
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    private static readonly Option<bool> Probe = new("--probe") { Description = "connect to each, and say whether it answers" };

    public static Command Create()
    {
        var command = new Command("relays", "find relays through directories, and rank them")
        {
            CliOptions.Data, CliOptions.Config, CliOptions.Set, Probe, CliOptions.Json,
        };
        RelayFlags.AddTo(command);
        command.SetAction(FindAsync);
        return command;
    }

    private static async Task<int> FindAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await CliConfig.ReadAsync(arguments, RelayFlags.Values(arguments)) is not { } options)
            return ExitCodes.Usage;
        if (options.Relays.Bootstrap.Count + options.Relays.Publish.Count + options.Relays.Directories.Count == 0)
        {
            await Errors.TellAsync("nobody to ask: give --aggregators https://…, or set relays.directories");
            return ExitCodes.Usage;
        }

        var http = PeeringModule.RelaysHttp(options.Http.AllowPrivate);
        var finder = RelaySources.Finder(options.Relays, http, TimeProvider.System);
        // What the daemon of this folder found last, should a directory not answer now.
        if (new RelayMemory(Path.Combine(arguments.GetValue(CliOptions.Data)!, options.Network, RelayMemory.FileName)).Load() is { } earlier) finder.Remember(earlier);
        using (var progress = new ProgressLine("directories", options.Relays.Directories.Count)) await finder.AskAsync(progress, cancellationToken);
        foreach (var failed in finder.Answers.Where(answer => answer.Problem is not null)) await Errors.TellAsync($"{failed.Directory} {failed.Problem}");

        var found = finder.Find([]);
        var probed = arguments.GetValue(Probe) ? await ProbeAsync(found, options.Relays, http, cancellationToken) : new Dictionary<Uri, RelayStatus>();
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(ToJson(finder, found, probed).ToJsonString());
        else WriteTable(found, probed);
        if (found.Count > 0) return ExitCodes.Ok;
        await Errors.TellAsync("no relay found; --min-score and --max-results may leave out what there is");
        return finder.Answers.Any(answer => answer.Problem is not null) ? ExitCodes.TryAgain : ExitCodes.Negative;
    }

    /// <summary>Connects to each as a daemon would, and reads its document.</summary>
    private static async Task<IReadOnlyDictionary<Uri, RelayStatus>> ProbeAsync(IReadOnlyList<RankedRelay> found, RelayOptions options, RelayHttp http, CancellationToken cancellationToken)
    {
        var named = PeeringModule.Relays(options).Select(relay => relay.Url).ToHashSet();
        var pool = new RelayPool([.. found.Select(relay => new PooledRelay(relay.Url, Publishes: false, named.Contains(relay.Url)))],
            new RelayPoolOptions { ConnectTimeout = ProbeTimeout }, TimeProvider.System, NullLogger<RelayPool>.Instance, http: http);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var progress = new ProgressLine("relays that answer", found.Count);
        var running = pool.RunAsync(ending.Token);
        // An answer to a question, not just an open door.
        await using (var subscription = await pool.SubscribeAsync(RelayQueries.For(new TrustScores(PeerLists.Empty, new WotOptions())), cancellationToken))
            await foreach (var _ in subscription.ReadStoredAsync(ProbeTimeout, cancellationToken)) progress.Show(pool.Status.Count(relay => relay.State is RelayState.Connected));
        var status = pool.Status.ToDictionary(relay => relay.Relay);
        await ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsFaulted) await running;
        return status;
    }

    private static void WriteTable(IReadOnlyList<RankedRelay> found, IReadOnlyDictionary<Uri, RelayStatus> probed)
    {
        var width = found.Select(relay => relay.Url.AbsoluteUri.Length).DefaultIfEmpty().Max();
        foreach (var (url, relay, _, why) in found)
        {
            var state = probed.TryGetValue(url, out var status) ? $"  {Answer(status)}" : "";
            Console.WriteLine(TerminalText.Clean(string.Create(CultureInfo.InvariantCulture,
                $"{relay.Score,5:0.##}  {(relay.Read ? 'r' : '-')}{(relay.Write ? 'w' : '-')}  {url.AbsoluteUri.PadRight(width)}{state}  {why}")));
        }
    }

    private static string Answer(RelayStatus relay) => relay.ConnectedIn is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"answers in {time.TotalMilliseconds:0} ms{Demands(relay.Document)}")
        : $"does not answer ({relay.Problem ?? "too slow"})";

    private static string Demands(Nip11Document? document) => document switch
    {
        { PaymentRequired: true } => ", wants payment",
        { AuthRequired: true } => ", wants to know who you are",
        { MinPowDifficulty: > 0 } => ", wants proof of work",
        _ => "",
    };

    private static JsonObject ToJson(RelayFinder finder, IReadOnlyList<RankedRelay> found, IReadOnlyDictionary<Uri, RelayStatus> probed)
    {
        var json = JsonSerializer.SerializeToNode(finder.Snapshot(found), ProtocolJson.Default.RelayDiscoverySnapshot)!.AsObject();
        var relays = json["relays"]!.AsArray();
        for (var i = 0; i < found.Count; i++)
        {
            relays[i]!["why"] = found[i].Why;
            relays[i]!["sources"] = new JsonArray([.. found[i].Sources.Select(source => JsonValue.Create(source))]);
            if (probed.TryGetValue(found[i].Url, out var status)) relays[i]!["probe"] = new JsonObject { ["answers"] = status.ConnectedIn is not null, ["ms"] = (long?)status.ConnectedIn?.TotalMilliseconds, ["problem"] = status.Problem };
        }

        json["directories"] = new JsonArray([.. finder.Answers.Select(answer => new JsonObject { ["url"] = answer.Directory.AbsoluteUri, ["relays"] = answer.Claims.Count, ["problem"] = answer.Problem })]);
        return json;
    }
}
