using System.Collections.Concurrent;
using FedAi.Daemon.Cli;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Router;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FedAi.Tests.Daemon.Node;

public sealed class OwnManifestTests
{
    [Fact]
    public async Task Show_FileWrittenAnewWhileItRuns_IsWhatTheRouterGoesBy()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        await using var federation = await TestFederation.StartAsync();
        void Write(int promptBytes, long nowMs) => OwnManifestFile.Write(folder.Path, Role.Node, key, new FedAiOptions { Node = new NodeOptions { MaxPromptBytes = promptBytes } }, new ManifestFacts { Version = "1", NowMs = nowMs });
        Write(1000, WireClient.Now);
        var options = new FedAiOptions { Node = new NodeOptions { Routers = [$"{federation.Router.Key.PublicKey.Npub}@{federation.Router.Base}"] } };
        await using var node = await TestDaemon.StartAsync(Role.Node, options, services => services.AddSingleton<IRunner>(new ScriptedRunner()), key, folder.Path);
        NodeClaim? Claim() => federation.Directory.Find(key.PublicKey)?.Claim;
        await Patience.UntilAsync(() => Claim()?.MaxPayloadBytes == 1000);

        Write(2000, WireClient.Now + 1);
        node.Services.GetRequiredService<NodeOffer>().Changed();

        await Patience.UntilAsync(() => Claim()?.MaxPayloadBytes == 2000);
    }

    [Fact]
    public async Task Reload_LimitThatTheManifestHasOtherwise_IsWarnedOf()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        using var log = new Warnings();
        var options = new FedAiOptions();
        OwnManifestFile.Write(folder.Path, Role.Node, key, options, new ManifestFacts { Version = "1", NowMs = 1 });
        await using var node = await TestDaemon.StartAsync(Role.Node, options, services => services.AddSingleton<IRunner>(new ScriptedRunner()).AddSingleton<ILoggerProvider>(log), key, folder.Path, () => Task.FromResult(new OptionsResult(options, [])));
        log.Heard.ShouldNotContain(line => line.Contains("differ", StringComparison.Ordinal));

        options = options with { Node = new NodeOptions { MaxPromptBytes = 300_000 } };
        (await node.Services.GetRequiredService<Reload>().RunAsync()).Problems.ShouldBeEmpty();

        log.Heard.ShouldContain(line => line.Contains("bytes of a prompt 300000, manifest 262144", StringComparison.Ordinal) && line.Contains("fedai manifest --write", StringComparison.Ordinal));
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> heard = new();

        public IReadOnlyCollection<string> Heard => heard;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => heard.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
