using System.Text.Json.Nodes;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FedAi.Daemon.Node;

/// <summary>Plugs the node's services and endpoints into the host. The runner is added beside it: which one is the operator's choice.</summary>
internal static class NodeModule
{
    public static void Add(IServiceCollection services, string dataFolder)
    {
        PeeringModule.Add(services);
        PeeringModule.AddGate(services);
        // The routers it is told to serve are heard, whatever the web of trust says of them.
        services.AddSingleton(provider => PeerLists.From(provider.GetRequiredService<FilterOptions>()) with { Named = Links(provider.GetRequiredService<NodeOptions>()).Select(link => link.Key).ToHashSet() });
        services.AddSingleton(provider => Identity(provider.GetRequiredService<KeyPair>(), provider.GetRequiredService<NodeOptions>()));
        services.AddSingleton(provider => new RouterLinks(Links(provider.GetRequiredService<NodeOptions>()), provider.GetRequiredService<RouterDirectory>()));
        services.AddSingleton(provider => new CapacityGate(provider.GetRequiredService<NodeOptions>().MaxConcurrency));
        services.AddSingleton(provider => new NodeRunner(provider.GetRequiredService<RunnerOptions>(), provider.GetRequiredService<ModelsOptions>(), dataFolder, provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => RoleRunners.Add(
            provider.GetRequiredService<NodeRunner>(), provider.GetRequiredService<NodeOptions>(), provider.GetRequiredService<RunnerOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<NodeSealKeys>().AddSingleton<NodeMetering>().AddSingleton<NodeInference>().AddSingleton<NodeOffer>().AddSingleton<RegistrationLog>().AddSingleton<RouterCallClient>().AddSingleton<RouterRegistration>().AddSingleton<NodeEndpoints>();
        services.AddSingleton(provider => new OwnManifest(Path.Combine(dataFolder, OwnManifest.FileName), provider.GetRequiredService<RouterCallClient>(), provider.GetRequiredService<ILogger<OwnManifest>>()));
        services.AddSingleton<ChannelStates>().AddSingleton<RouterConnectClient>().AddSingleton<ChannelListener>();
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<ChannelListener>());
        services.AddHostedService<RouterJoinService>();
        services.AddSingleton<RegistrationService>().AddHostedService(provider => provider.GetRequiredService<RegistrationService>()).AddHostedService<MeteringReportService>().AddHostedService<RouterConnectService>();
    }

    /// <summary>Beside its own address, the server listens for what this node opens itself (DECISIONS E13).</summary>
    public static void Listen(KestrelServerOptions kestrel)
    {
        // A router that vanished without a word is noticed after twice this, and then a new connection is opened.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        // All that one router asks goes over one connection; how many of them run is the capacity's to say.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1024;
        kestrel.Listen(new ChannelEndPoint(), listen => listen.Protocols = HttpProtocols.Http2);
    }

    public static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<NodeEndpoints>().Map(app);
        app.MapDescription();
        var offer = app.Services.GetRequiredService<NodeOffer>();
        app.Services.GetRequiredService<IRunner>().Changed += offer.Changed;
        app.Services.GetRequiredService<ChannelStates>().Opened += offer.Changed;
        app.Services.GetRequiredService<OwnManifest>().Compare(app.Services.GetRequiredService<NodeOptions>(), app.Services.GetRequiredService<RunnerOptions>());
    }

    /// <summary>Takes other limits and models while it runs, and tells the routers.</summary>
    public static void Change(IServiceProvider services, NodeOptions node, RunnerOptions runner, ModelsOptions models)
    {
        services.GetRequiredService<NodeIdentity>().Limits = Limits(node);
        services.GetRequiredService<CapacityGate>().MaxConcurrency = node.MaxConcurrency;
        services.GetRequiredService<NodeRunner>().Change(runner, models);
        services.GetRequiredService<OwnManifest>().Compare(node, runner);
        services.GetRequiredService<NodeOffer>().Changed();
    }

    /// <summary>This role's members of <c>/status</c>.</summary>
    public static JsonObject Status(IServiceProvider services)
    {
        var runner = services.GetRequiredService<IRunner>();
        var capacity = services.GetRequiredService<CapacityGate>();
        var routers = services.GetRequiredService<RouterLinks>();
        var state = runner.Status;
        return new JsonObject
        {
            ["nodeId"] = services.GetRequiredService<NodeIdentity>().NodeId,
            ["models"] = new JsonArray([.. runner.Models.Select(model => JsonValue.Create(model.Id))]),
            ["modelHashes"] = new JsonObject(runner.Models.Where(model => model.Sha256 is not null).Select(model => KeyValuePair.Create<string, JsonNode?>(model.Id, model.Sha256))),
            ["inFlight"] = capacity.Running,
            ["capacity"] = new JsonObject { ["maxConcurrent"] = capacity.MaxConcurrency, ["currentLoad"] = capacity.Running },
            ["runner"] = new JsonObject
            {
                ["name"] = state.Name,
                ["health"] = new JsonObject { ["ok"] = state.Ready, ["detail"] = state.Detail },
                ["pid"] = state.Pid,
                ["restarts"] = state.Restarts,
                ["isolation"] = state.Isolation,
                ["notDenied"] = new JsonArray([.. state.NotDenied.Select(item => JsonValue.Create(item))]),
                ["gpuLayers"] = state.GpuLayers,
            },
            ["routers"] = new JsonObject(services.GetRequiredService<RegistrationLog>().States.Where(router => routers.Keys.Contains(router.Key))
                .Select(router => KeyValuePair.Create<string, JsonNode?>(router.Key.Npub, router.Value))),
        };
    }

    /// <summary>For this machine: the model files that are to be served, and where each stands.</summary>
    public static JsonArray ModelStates(IServiceProvider services) =>
        new([.. services.GetRequiredService<IRunner>().Standings.Select(model => (JsonNode)new JsonObject
        {
            ["name"] = model.Name,
            ["file"] = model.File,
            ["state"] = model.State.ToString().ToLowerInvariant(),
            ["problem"] = model.Problem,
        })]);

    /// <summary>For fedai doctor: whether its routers reach this node, each the way it does.</summary>
    public static async Task<IReadOnlyList<ReachFinding>> ReachAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (routers, channels, client) = (services.GetRequiredService<RouterLinks>(), services.GetRequiredService<ChannelStates>(), services.GetRequiredService<ReachClient>());
        return await Task.WhenAll(routers.Keys.Select(async router =>
        {
            if (routers.Resolve(router) is not { } endpoint) return new ReachFinding(router, ReachFinding.Outward, false, ErrorCode.RouterUnreachable);
            if (channels.IsWanted(router) == true)
            {
                var problem = channels.Problem(router);
                return new ReachFinding(router, ReachFinding.Reverse, problem is null, problem?.Code);
            }

            var (report, refusal) = await client.AskAsync(endpoint, cancellationToken);
            return ReachFinding.Of(router, report, refusal);
        }));
    }

    private static NodeIdentity Identity(KeyPair key, NodeOptions options) => new(
        key,
        new NodePricing(options.Pricing.InputMsat, options.Pricing.OutputMsat),
        Limits(options),
        options.Region);

    private static NodeLimits Limits(NodeOptions options) => new(options.MaxConcurrency, options.MaxTokens, options.MaxPromptBytes, TimeSpan.FromMilliseconds(options.MaxRuntimeMs)) { MaxRoleBytes = options.MaxRoleBytes };

    private static List<RouterLink> Links(NodeOptions options) =>
        [.. options.Routers.Select(text => RouterLink.TryParse(text, out var link) ? link! : throw new FormatException($"node.routers holds \"{text}\"; write npub1… or npub1…@https://host."))];
}
