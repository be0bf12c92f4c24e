using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>The daemon of one role inside the test process, as <c>fedai run</c> builds it, on a free loopback port and in a folder of its own.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TempFolder? folder;
    private bool stopped;

    private TestDaemon(WebApplication app, TempFolder? folder, KeyPair key)
    {
        this.app = app;
        this.folder = folder;
        Key = key;
    }

    public KeyPair Key { get; }

    /// <summary>The HTTP base; ends with a slash.</summary>
    public Uri Base => app.Services.GetRequiredService<RunningState>().Addresses[0];

    public IServiceProvider Services => app.Services;

    /// <summary>Starts a daemon. Without a data folder it gets a temporary one, which goes with it.</summary>
    public static async Task<TestDaemon> StartAsync(Role role, FedAiOptions? options = null, Action<IServiceCollection>? add = null, KeyPair? key = null, string? dataFolder = null, Func<Task<OptionsResult>>? reread = null, RouterManifest? manifest = null)
    {
        options ??= new FedAiOptions();
        key ??= KeyPair.Generate();
        var folder = dataFolder is null ? new TempFolder() : null;
        var app = DaemonHost.Build(new DaemonContext
        {
            Role = role,
            Key = key,
            Reread = reread,
            Manifest = manifest,
            DataFolder = dataFolder ?? folder!.Path,
            Options = options with
            {
                Http = options.Http with { Listen = options.Http.Listen ?? "127.0.0.1:0", AllowPrivate = options.Http.AllowPrivate is FedAi.Daemon.Peering.PrivateNetworks.Lan ? options.Http.AllowPrivate : FedAi.Daemon.Peering.PrivateNetworks.Loopback },
                Gateway = options.Gateway with { Listen = "127.0.0.1:0" },
            },
        }, add);
        await DaemonHost.StartAsync(app);
        return new TestDaemon(app, folder, key);
    }

    /// <summary>Stops as after SIGTERM.</summary>
    public async Task StopAsync()
    {
        if (stopped) return;
        stopped = true;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder?.Dispose();
    }
}
