using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai routers</c>: which routers announced themselves on relays.</summary>
internal static class RoutersCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly Option<string[]> Relay = new("--relay") { Description = "relay to ask instead of relays.bootstrap; may be given several times", HelpName = "URL", DefaultValueFactory = _ => [] };

    public static Command Create()
    {
        var command = new Command("routers", "list the routers that announced themselves on relays") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Relay, CliOptions.Json };
        command.SetAction((arguments, cancellationToken) => SearchAsync(arguments, cancellationToken));
        return command;
    }

    private static async Task<int> SearchAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var named = arguments.GetValue(Relay)!;
        if (await CliConfig.ReadAsync(arguments, ("relays.bootstrap", named.Length > 0 ? string.Join(',', named) : null)) is not { } options) return ExitCodes.Usage;
        if (options.Relays.Bootstrap.Count == 0)
        {
            await Errors.TellAsync("no relay to ask: give --relay wss://…, or set relays.bootstrap");
            return ExitCodes.Usage;
        }

        var (routers, relays) = await RouterSearch.RunAsync(PeeringModule.Relays(options.Relays with { Publish = [] }), new TrustScores(PeerLists.From(options.Filter), options.Filter.Wot),
            new FederationNetwork(options.Network), Patience, TimeProvider.System, cancellationToken);
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(ToJson(routers, relays).ToJsonString());
        else foreach (var router in routers) Console.WriteLine(Line(router));

        foreach (var relay in relays.Where(relay => relay.Problem is not null)) await Errors.TellAsync($"{relay.Relay}: {relay.Problem}");
        if (routers.Count > 0) return ExitCodes.Ok;
        await Errors.TellAsync($"no router of network {options.Network} is announced there");
        return relays.All(relay => relay.State is not RelayState.Connected) ? ExitCodes.TryAgain : ExitCodes.Negative;
    }

    private static string Line(KnownRouter router) => string.Create(CultureInfo.InvariantCulture,
        $"{router.Key.Npub} {router.Base} {LoadOf(router)} {(router.Profile.ModelCaps.Count == 0 ? "(no model)" : string.Join(',', router.Profile.ModelCaps.Select(model => Printable(model.ModelId))))}");

    private static JsonObject ToJson(IReadOnlyList<KnownRouter> routers, IReadOnlyList<RelayStatus> relays) => new()
    {
        ["routers"] = new JsonArray([.. routers.Select(router => new JsonObject
        {
            ["npub"] = router.Key.Npub,
            ["endpoint"] = router.Base.ToString(),
            ["models"] = new JsonArray([.. router.Profile.ModelCaps.Select(model => JsonValue.Create(model.ModelId))]),
            ["load"] = LoadOf(router),
            ["announcedAt"] = router.CreatedAt,
            ["expiresAtMs"] = router.ExpiresAtMs,
        })]),
        ["relays"] = new JsonArray([.. relays.Select(relay => new JsonObject { ["url"] = relay.Relay.ToString(), ["connected"] = relay.State is RelayState.Connected, ["problem"] = relay.Problem })]),
    };

    private static string LoadOf(KnownRouter router) => router.Load?.BackpressureState.ToString().ToLowerInvariant() ?? "unknown";

    /// <summary>A stranger's text on a terminal: without control characters, which could rewrite the screen.</summary>
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) || character == ' ' ? '?' : character));
}
