using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai routers</c>: which routers announced themselves on relays, and which this daemon would ask first.</summary>
internal static class RoutersCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly Option<string[]> Relay = new("--relay") { Description = "relay to ask instead of relays.bootstrap; may be given several times", HelpName = "URL", DefaultValueFactory = _ => [] };

    private static readonly Option<string?> Model = new("--model", "-m") { Description = "only routers that serve this model, at its price" };

    public static Command Create()
    {
        var command = new Command("routers", "list the routers this daemon would ask, best first, and why") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Relay, CliOptions.Aggregators, Model, CliOptions.Json };
        command.SetAction(ListAsync);
        return command;
    }

    /// <summary>The running daemon knows most: what it measured, and whom it trusts. Without one, or with relays named, the relays are asked.</summary>
    private static async Task<int> ListAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(Relay)!.Length + arguments.GetValue(CliOptions.Aggregators)!.Length > 0) return await SearchAsync(arguments, cancellationToken);
        using var control = new ControlClient(arguments.GetValue(CliOptions.Data)!);
        try
        {
            var model = arguments.GetValue(Model);
            if (await control.GetAsync(model is null ? "routers" : $"routers?model={Uri.EscapeDataString(model)}", cancellationToken) is not { } text) return await SearchAsync(arguments, cancellationToken);
            var answer = JsonNode.Parse(text)!.AsObject();
            Print(arguments, answer);
            if (answer["routers"]!.AsArray().Count > 0) return ExitCodes.Ok;
            await Errors.TellAsync("the running daemon knows no such router; fedai status shows how its relays do");
            return ExitCodes.Negative;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Errors.TellAsync($"the running daemon did not answer: {exception.Message}");
            return ExitCodes.TryAgain;
        }
    }

    private static async Task<int> SearchAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (named, directories) = (arguments.GetValue(Relay)!, arguments.GetValue(CliOptions.Aggregators)!);
        if (await CliConfig.ReadAsync(arguments, ("relays.bootstrap", named.Length > 0 ? string.Join(',', named) : null),
                ("relays.directories", directories.Length > 0 ? string.Join(',', directories) : null)) is not { } options) return ExitCodes.Usage;
        if (options.Relays.Bootstrap.Count + options.Relays.Directories.Count == 0)
        {
            await Errors.TellAsync("no relay to ask: give --relay wss://… or --aggregators https://…, or set relays.bootstrap or relays.directories");
            return ExitCodes.Usage;
        }

        var (lists, time) = (PeerLists.From(options.Filter), TimeProvider.System);
        var trust = new TrustScores(lists, options.Filter.Wot);
        // Without a store only the options say who is followed.
        var sources = TrustSources.Of(own: null, lists, options.Filter.Wot);
        trust.Publish(TrustScoring.Snapshot(new TrustGraph(), TrustFlow.Over(new TrustGraph(), sources), sources, new PeerExperience(time)));
        var http = PeeringModule.RelaysHttp(options.Http.AllowPrivate);
        var (routers, relays) = await RouterSearch.RunAsync(await RelaySources.FindAsync(options.Relays with { Publish = [] }, http, time, cancellationToken), http, trust, new FederationNetwork(options.Network), Patience, time, cancellationToken);

        var (model, now) = (arguments.GetValue(Model), time.GetUtcNow().ToUnixTimeMilliseconds());
        var serving = routers.Where(router => model is null || router.Profile.ModelCaps.Any(known => known.ModelId == model)).ToList();
        var ranked = RouterRanking.Order(serving, router => new RouterFacts(default, trust.Judge(router.Key), trust.Current.Of(Hex32.From(router.Key))), model, lot: "", now);
        Print(arguments, new JsonObject
        {
            ["routers"] = RouterRows.Of(ranked, model, now),
            ["relays"] = new JsonArray([.. relays.Select(relay => new JsonObject { ["url"] = relay.Relay.ToString(), ["connected"] = relay.State is RelayState.Connected, ["problem"] = relay.Problem })]),
        });

        foreach (var relay in relays.Where(relay => relay.Problem is not null)) await Errors.TellAsync($"{relay.Relay}: {relay.Problem}");
        if (ranked.Count > 0) return ExitCodes.Ok;
        await Errors.TellAsync($"no such router of network {options.Network} is announced there");
        return relays.All(relay => relay.State is not RelayState.Connected) ? ExitCodes.TryAgain : ExitCodes.Negative;
    }

    private static void Print(ParseResult arguments, JsonObject answer)
    {
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(answer.ToJsonString());
        else foreach (var router in answer["routers"]!.AsArray()) Console.WriteLine(Line(router!));
    }

    private static string Line(JsonNode router)
    {
        var models = router["models"]!.AsArray();
        return $"""
            {router["rank"]}. {router["npub"]} {router["endpoint"]} {router["load"]} {(models.Count == 0 ? "(no model)" : string.Join(',', models.Select(model => Printable(model!.ToString()))))}
               trust {router["trust"]} ({router["standing"]}), {(router["priceMsat"] is { } price ? $"{price} msat per 1,000 tokens in and out" : "no price posted")}, {(router["latencyMs"] is { } latency ? $"{latency} ms" : "never asked")}
               {router["score"]}: {router["why"]}
            """;
    }

    /// <summary>A stranger's text on a terminal: without control characters, which could rewrite the screen.</summary>
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) || character == ' ' ? '?' : character));
}
