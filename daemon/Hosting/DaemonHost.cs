using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Control;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Loops;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Store;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace FedAi.Daemon.Hosting;

/// <summary>Builds and runs the process of one role. Tests use the very same application on port 0.</summary>
internal static partial class DaemonHost
{
    /// <summary>
    /// The application, ready to start. The store is open already: what is wrong with it is a <see cref="StoreException"/> here.
    /// <paramref name="add"/> comes last and may put other services in place of the role's own.
    /// </summary>
    public static WebApplication Build(DaemonContext context, Action<IServiceCollection>? add = null)
    {
        var standing = RouterStanding.Of(context.Manifest);
        context = context with { Options = context.Options with { Filter = standing.Bind(context.Options.Filter) } };
        // No default configuration sources: they would read the folder the daemon was started in (and watch it), and variables that are not ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var level = new LoggingLevelSwitch();
        builder.Services.AddSingleton(level).AddSingleton<Reload>();
        // That it could log makes the server give each request an activity and a scope, which nothing of ours reads.
        builder.Logging.AddSerilog(DaemonLog.Create(context.Options.Log, level), dispose: true).AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Limit(kestrel, context));
        builder.Services.AddRoutingCore();
        AddCommon(builder.Services, context);
        switch (context.Role)
        {
            case Role.Node: NodeModule.Add(builder.Services, context.DataFolder!); break;
            case Role.Router: RouterModule.Add(builder.Services, standing, context.DataFolder!); break;
            case Role.Gateway: GatewayModule.Add(builder.Services); break;
            case Role.Relay: PeeringModule.AddRelay(builder.Services); break;
            default: break;
        }

        if (context is { Role: Role.Router or Role.Gateway, DataFolder: not null }) AccountsModule.Add(builder.Services);
        // Every role shows how it would choose, for fedai routers.
        if (context.Role is not Role.Relay) builder.Services.AddSingleton<RouterChoice>();
        add?.Invoke(builder.Services);
        var app = builder.Build();
        // It counts from its creation on.
        _ = app.Services.GetRequiredService<MetricsText>();
        var guard = app.Services.GetRequiredService<RequestGuard>();
        if (standing.MaxPayloadBytes < context.Options.Http.MaxRequestBytes) RouterModule.LimitPayload(app, standing);
        app.Use(next => request => guard.InvokeAsync(request, next));
        app.UseRouting();
        app.MapStatus();
        if (context.DataFolder is not null)
        {
            app.MapControl();
            app.MapDoctor();
            app.MapReload();
            if (app.Services.GetService<ApiKeys>() is not null) app.MapApiKeys();
        }

        if (context.Role is not Role.Relay) app.MapTrust();
        if (context is { Role: not Role.Relay, DataFolder: not null }) app.MapTrace();
        switch (context.Role)
        {
            case Role.Node: NodeModule.Map(app); break;
            case Role.Router: RouterModule.Map(app); break;
            case Role.Gateway: GatewayModule.Map(app); break;
            case Role.Relay: PeeringModule.MapRelay(app); break;
            default: break;
        }

        return app;
    }

    /// <summary>Starts the application; the addresses it listens on are known when this returns.</summary>
    public static async Task StartAsync(WebApplication app)
    {
        var context = app.Services.GetRequiredService<DaemonContext>();
        if (context.DataFolder is { } folder) File.Delete(ControlSocket.PathFor(folder));
        await app.StartAsync();
        if (context.DataFolder is { } opened) ControlSocket.MakePrivate(ControlSocket.PathFor(opened));

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Where(address => !address.Contains("/unix:", StringComparison.Ordinal) && !address.Contains(ChannelEndPoint.Name, StringComparison.Ordinal)).Select(address => new Uri(address + "/")).ToList();
        app.Services.GetRequiredService<RunningState>().Addresses = addresses;
        app.Services.GetRequiredService<PublicAddress>().Set(context.Options.Http.PublicEndpoint is { } named ? new Uri(named.TrimEnd('/') + "/") : addresses[0],
            app.Services.GetRequiredService<ServerTls>().Spki);
    }

    /// <summary>Runs one daemon until it is told to stop; the process's exit code. What goes wrong at the start is one line on <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(DaemonContext context, TextWriter errors)
    {
        DataFolder? folder = null;
        try
        {
            if (context.DataFolder is { } path && !DataFolder.TryHold(path, out folder))
            {
                await errors.WriteLineAsync($"fedai: another fedai runs on {path}; ask it with fedai status --data {path}, or give this one another --data");
                return ExitCodes.TryAgain;
            }

            await using var app = Build(context, services => services.AddHostedService<IdleMemory>());
            return await RunAsync(app);
        }
        catch (Exception exception) when (exception is StoreException or IOException or SocketException)
        {
            await errors.WriteLineAsync($"fedai: {exception.Message}");
            return ExitCodes.TryAgain;
        }
        catch (InvalidDataException exception)
        {
            await errors.WriteLineAsync($"fedai: {exception.Message}");
            return ExitCodes.Usage;
        }
        catch (UnauthorizedAccessException exception)
        {
            await errors.WriteLineAsync($"fedai: {exception.Message} Run it as the folder's owner, or give it another --data");
            return ExitCodes.Usage;
        }
        finally
        {
            folder?.Dispose();
        }
    }

    /// <summary>Runs a built application until it is told to stop; 70 when one of its loops failed.</summary>
    internal static async Task<int> RunAsync(WebApplication app)
    {
        var context = app.Services.GetRequiredService<DaemonContext>();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DaemonHost));
        try
        {
            await StartAsync(app);
            LogReady(log, context.Role, ProductVersion.Text, context.Key?.PublicKey.Npub, app.Services.GetRequiredService<RunningState>().Addresses[0]);
            await app.WaitForShutdownAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it had started.
        }

        var failed = HostedLoop.Of(app.Services).FirstOrDefault(loop => loop.State == HostedLoop.Failed);
        if (failed is not null) LogFailed(log, failed.Name);
        LogStopped(log);
        return failed is null ? ExitCodes.Ok : ExitCodes.Bug;
    }

    private static void Limit(KestrelServerOptions kestrel, DaemonContext context)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = context.Options.Http.MaxRequestBytes;
        // Headers of ours are below 2 KiB; whoever needs longer than 10 s for them holds a connection open, not a conversation.
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        // A body of drops: below 1 KiB/s after 5 s the request ends with 408.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        // About 10 KiB each when idle.
        kestrel.Limits.MaxConcurrentConnections = 4096;
        // Readers of the own relay (RelayLimits) and nodes that connected (NodeChannels), who have closer limits of their own.
        kestrel.Limits.MaxConcurrentUpgradedConnections = 2048;
        var certificate = kestrel.ApplicationServices.GetRequiredService<ServerTls>().Certificate;
        kestrel.Listen(context.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null) listen.UseHttps(Handshake(certificate));
        });
        if (context.Role == Role.Node) NodeModule.Listen(kestrel);
        if (context.DataFolder is { } folder) kestrel.ListenUnixSocket(ControlSocket.PathFor(folder), listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static TlsHandshakeCallbackOptions Handshake(Func<SslStreamCertificateContext> certificate) => new()
    {
        // As long as a connection may take at the other end (PeerHttp); a slow one holds nothing but its place among the connections.
        HandshakeTimeout = TimeSpan.FromSeconds(5),
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        }),
    };

    private static void AddCommon(IServiceCollection services, DaemonContext context)
    {
        services.AddSingleton(context);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ServerTls.Open(context, provider.GetRequiredService<ILogger<CertificateFiles>>()));
        services.AddSingleton(new FederationNetwork(context.Options.Network));
        services.AddSingleton(context.Options.Http).AddSingleton(context.Options.Relays).AddSingleton(context.Options.Filter)
            .AddSingleton(context.Options.Node).AddSingleton(context.Options.Runner).AddSingleton(context.Options.Models).AddSingleton(context.Options.Router).AddSingleton(context.Options.Audit).AddSingleton(context.Options.Scheduler)
            .AddSingleton(context.Options.Gateway).AddSingleton(context.Options.Store).AddSingleton(context.Options.Api);
        if (context.Key is { } key) services.AddSingleton(key);
        services.AddSingleton<RunningState>().AddSingleton<PublicAddress>().AddSingleton<RequestGuard>().AddSingleton<MetricsText>();
        services.AddSingleton<IHostLifetime, DrainLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainLifetime.ShutdownTimeout);
        services.AddHostedService<SystemdService>();
        // What a connection brought is worked on by the thread that read it: each hand-over to another thread costs system calls (15 instead of 22 futex calls a request were counted).
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        if (context.DataFolder is not { } folder) return;
        services.AddSingleton(new RelayMemory(Path.Combine(folder, context.Options.Network, RelayMemory.FileName)));
        AddStore(services, Database.Open(Path.Combine(folder, context.Options.Network, "store.db")));
    }

    private static void AddStore(IServiceCollection services, Database database)
    {
        var tables = StoreTables.Of(database);
        // By a factory, so that the container closes it, last of all.
        services.AddSingleton(_ => database);
        services.AddSingleton(tables).AddSingleton(tables.Replay).AddSingleton(tables.Metering).AddSingleton(tables.Nodes).AddSingleton(tables.Announcements).AddSingleton(tables.Manifests)
            .AddSingleton(tables.Trust).AddSingleton(tables.Experience).AddSingleton(tables.Heard).AddSingleton(tables.ApiKeys);
        services.AddHostedService<StoreService>();
    }

    [LoggerMessage(LogLevel.Information, "ready: {Role} {Version} {Npub} listens on {Address}")]
    private static partial void LogReady(Microsoft.Extensions.Logging.ILogger log, Role role, string version, string? npub, Uri address);

    [LoggerMessage(LogLevel.Critical, "{Loop} failed, so the daemon stops and its service manager starts it again")]
    private static partial void LogFailed(Microsoft.Extensions.Logging.ILogger log, string loop);

    [LoggerMessage(LogLevel.Information, "stopped")]
    private static partial void LogStopped(Microsoft.Extensions.Logging.ILogger log);
}
