using System.Text.Json.Nodes;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FedAi.Daemon.Peering;

/// <summary>What a daemon needs to speak with peers, whichever role it has.</summary>
internal static class PeeringModule
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<RouterDirectory>();
        services.AddSingleton(provider => PeerLists.From(provider.GetRequiredService<FilterOptions>()));
        services.AddSingleton(provider => new TrustScores(provider.GetRequiredService<PeerLists>(), provider.GetRequiredService<FilterOptions>().Wot));
        services.AddSingleton(provider => TrustSources.Of(Hex32.From(provider.GetRequiredService<KeyPair>().PublicKey), provider.GetRequiredService<PeerLists>(), provider.GetRequiredService<FilterOptions>().Wot));
        services.AddSingleton<PeerExperience>().AddSingleton<WebOfTrust>().AddSingleton<KnownPeers>();
        services.AddSingleton(provider => new PeerHttp(provider.GetRequiredService<HttpOptions>().AllowPrivate));
        services.AddSingleton<PeerInference>().AddSingleton<ReachClient>().AddSingleton<RequestTraces>();
        services.AddSingleton(provider => RelaysHttp(provider.GetRequiredService<HttpOptions>().AllowPrivate));
        services.AddSingleton(Pool);
        services.AddSingleton(provider => RelaySources.Finder(provider.GetRequiredService<RelayOptions>(), provider.GetRequiredService<RelayHttp>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RelayHearsay>().AddSingleton<RelaySearch>().AddSingleton<JoinedRelays>();
        services.AddSingleton(provider => new RelayIngest(
            new ControlMessageHandler(provider.GetRequiredService<RouterDirectory>(), provider.GetRequiredService<HttpOptions>().AllowPrivate),
            provider.GetRequiredService<TrustScores>(), provider.GetRequiredService<FederationNetwork>(),
            Hex32.From(provider.GetRequiredService<KeyPair>().PublicKey), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<FilterOptions>().Rate));
        services.AddSingleton<HeardAnnouncements>();
        services.AddSingleton(provider => new PeerRelayPool(provider.GetRequiredService<JoinedRelays>(), provider.GetRequiredService<RelayOptions>(),
            provider.GetRequiredService<HttpOptions>(), provider.GetRequiredService<PublicAddress>(), provider.GetService<RelayOutlet>()));
        // Before anything is heard, so that what the last run knew decides.
        services.AddHostedService<TrustService>().AddHostedService<RelayIngestService>().AddHostedService<RelayFinderService>().AddHostedService<PeerRelayService>();
    }

    /// <summary>Puts other lists in place of the operator's; what this role itself names stays.</summary>
    public static void SetLists(IServiceProvider services, FilterOptions filter)
    {
        var scores = services.GetRequiredService<TrustScores>();
        var lists = PeerLists.From(filter) with { Named = scores.Lists.Named };
        scores.Lists = lists;
        services.GetRequiredService<WebOfTrust>().SetLists(lists);
    }

    /// <summary>The gate for signed requests, for roles that take them.</summary>
    public static void AddGate(IServiceCollection services)
    {
        services.TryAddSingleton(GateRates.Normal);
        services.AddSingleton<ReplayGuard>().AddSingleton<GateLimits>().AddSingleton<EnvelopeGate>();
        services.AddHostedService<ReplayService>();
    }

    /// <summary>The daemon's own relay, for routers and for a relay alone.</summary>
    public static void AddRelay(IServiceCollection services) => services.AddSingleton<RelayLimits>().AddSingleton(provider => new RelayHub(
        provider.GetRequiredService<RelayLimits>(), provider.GetRequiredService<TimeProvider>(),
        provider.GetService<TrustScores>() is { } trust ? new RelayWriters(trust, Hex32.From(provider.GetRequiredService<KeyPair>().PublicKey)) : null));

    /// <summary>Announces this router: <paramref name="offer"/> says what, given the base under which it listens. After <see cref="Add"/>, so that it is withdrawn while relays are still connected.</summary>
    public static void AddAnnouncements(IServiceCollection services, Func<IServiceProvider, Uri, RouterOffer> offer)
    {
        services.AddSingleton<AnnouncementSigner>().AddSingleton<RelayOutlet>();
        services.AddSingleton<Func<Uri, RouterOffer>>(provider => address => offer(provider, address));
        services.AddSingleton<AnnouncementService>();
        services.AddHostedService(provider => provider.GetRequiredService<AnnouncementService>()).AddHostedService<RelayListService>();
    }

    /// <summary>Serves the own relay. In a router it also is read from, and serves what came from other relays.</summary>
    public static void MapRelay(WebApplication app)
    {
        var hub = app.Services.GetRequiredService<RelayHub>();
        app.MapRelay(hub);
        if (app.Services.GetService<RelayIngest>() is not { } ingest) return;
        hub.Accepted += accepted => PeeringMetrics.Count(ingest.TakeVerified(accepted));
        ingest.Taken += hub.Keep;
    }

    /// <summary>The members of <c>/status</c> about relays, for this machine only.</summary>
    public static JsonObject Status(IServiceProvider services)
    {
        var status = new JsonObject();
        if (services.GetService<RelayPool>() is { } pool) status["relays"] = new JsonArray([.. pool.Status.Select(ToJson)]);
        if (services.GetService<RelaySearch>() is { } search)
            status["directories"] = new JsonArray([.. services.GetRequiredService<RelayOptions>().Directories.Select(text => ToJson(text, search.Answers.FirstOrDefault(answer => answer.Directory == new Uri(text))))]);
        if (services.GetService<AnnouncementService>()?.Caps is { } caps)
        {
            var relays = services.GetRequiredService<RelayPool>();
            status["announced"] = new JsonObject { ["relays"] = relays.Confirmed(caps), ["quorum"] = services.GetRequiredService<RelayOptions>().Quorum, ["withheld"] = relays.Withheld };
        }

        if (services.GetService<RelayHub>() is { } hub) status["relay"] = new JsonObject { ["connections"] = hub.Connections, ["events"] = hub.StoredEvents };
        if (services.GetService<RouterDirectory>() is { } directory) status["knownRouters"] = directory.Current.Count;
        if (services.GetService<TrustScores>() is { } trust) status["trust"] = new JsonObject { ["keys"] = trust.Current.Count, ["keepsStrangersOut"] = trust.Filters };
        return status;
    }

    private static RelayPool Pool(IServiceProvider services)
    {
        var (options, address, allowPrivate) = (services.GetRequiredService<RelayOptions>(), services.GetRequiredService<PublicAddress>(), services.GetRequiredService<HttpOptions>().AllowPrivate);
        return new RelayPool(Relays(options),
            new RelayPoolOptions
            {
                AuthenticateToFound = options.Authenticate is RelayAuthentication.All,
                MayPublish = relay => address.Endpoint is not { } own || AddressPolicy.MeansSomething(own, relay, allowPrivate),
            },
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RelayPool>>(),
            options.Authenticate is RelayAuthentication.None ? null : services.GetRequiredService<KeyPair>(), services.GetRequiredService<RelayHttp>());
    }

    /// <summary>The operator's own relays may stand anywhere; those that others named only where strangers' endpoints may.</summary>
    public static RelayHttp RelaysHttp(PrivateNetworks privateNetworks) => new(PeerHttp.ForRelays(PrivateNetworks.Lan), PeerHttp.ForRelays(privateNetworks));

    /// <summary>Neither relays nor problem: it has not answered yet.</summary>
    private static JsonObject ToJson(string directory, DirectoryAnswer? answer) => new()
    {
        ["url"] = directory,
        ["relays"] = answer is { Problem: null } ? answer.Claims.Count : null,
        ["problem"] = answer?.Problem,
    };

    private static JsonObject ToJson(RelayStatus relay) => new()
    {
        ["url"] = relay.Relay.ToString(),
        ["state"] = relay.State.ToString().ToLowerInvariant(),
        ["failures"] = relay.Failures,
        ["problem"] = relay.Problem,
        ["frames"] = relay.Frames,
        ["refusedFrames"] = relay.RefusedFrames,
        ["published"] = relay.Published,
        ["refusedEvents"] = relay.RefusedEvents,
        ["dropped"] = relay.Dropped,
        ["attempts"] = relay.Attempts,
        ["configured"] = relay.IsConfigured,
        ["demoted"] = relay.IsDemoted,
        ["connectedInMs"] = (long?)relay.ConnectedIn?.TotalMilliseconds,
        ["clockAheadMs"] = (long?)relay.ClockAhead?.TotalMilliseconds,
    };

    /// <summary>The configured relays, each once: what is said of its certificate in one of the lists holds in both.</summary>
    public static IReadOnlyList<PooledRelay> Relays(RelayOptions options) =>
    [
        .. options.Bootstrap.Select(text => (Text: text, Publishes: false)).Concat(options.Publish.Select(text => (Text: text, Publishes: true)))
            .Select(entry => (Relay: NamedRelay.TryParse(entry.Text, options.AllowPlain, out var relay, out var problem) ? relay : throw new FormatException(problem), entry.Publishes))
            .GroupBy(entry => entry.Relay.Url)
            .Select(same => (same.FirstOrDefault(entry => entry.Relay.TlsSpki is not null).Relay ?? same.First().Relay).Pooled(same.Any(entry => entry.Publishes))),
    ];
}
