using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Runners.Llama;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>Looks at this machine for set-up, and measures it.</summary>
internal sealed class SetupMachine(string folder, FedAiOptions options, Intent intent, bool isShort)
{
    private static readonly TimeSpan ShortBudget = TimeSpan.FromSeconds(4);

    private IReadOnlyList<AdvertisedPrice> prices = [];

    public Task<MachineProfile> ScanAsync(CancellationToken cancellationToken) =>
        FullProfile.RunAsync(folder, NetworkTargets.Of(options), NetworkTargets.Routers(options), sampleDisk: false, new FullProfileOptions(options.Bands, options.Privacy, options.Http.AllowPrivate), TimeProvider.System, cancellationToken);

    /// <summary>What a node would serve, model included where there is one.</summary>
    public async Task<BenchResult> BenchNodeAsync(MachineProfile profile, string? model, IProgress<BenchProgress> progress, CancellationToken cancellationToken)
    {
        DataFolder.Create(folder);
        await using var runner = new NodeRunner(Runner(model), options.Models, folder, NullLoggerFactory.Instance, TimeProvider.System);
        var input = new NodeBenchInput(profile, folder, NetworkTargets.Of(options), options.Bench.Seed, isShort, ProductVersion.Text, runner.IsConfigured ? runner : null) { Routers = NetworkTargets.Routers(options), AllowPrivate = options.Http.AllowPrivate };
        return await NodeBench.RunAsync(input, Clock(options.Bench.NodeSeconds, progress), TimeProvider.System, cancellationToken);
    }

    public Task<BenchResult> BenchRouterAsync(IProgress<BenchProgress> progress, CancellationToken cancellationToken)
    {
        DataFolder.Create(folder);
        var input = new RouterBenchInput(Path.Combine(AppContext.BaseDirectory, "fedai"), folder, options.Bench.Seed, isShort, ProductVersion.Text);
        return new RouterBench(input, Clock(options.Bench.RouterSeconds, progress), TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <summary>Asks the daemon that runs on this folder, if one does, what others ask for models.</summary>
    public async Task AskPricesAsync(CancellationToken cancellationToken) => prices = (await Market.AskAsync(folder, "", cancellationToken))?.Prices ?? [];

    /// <summary>Everything that is known now, judged.</summary>
    public SetupFindings Judge(MachineProfile profile, BenchResult? bench, string? model)
    {
        var library = NodeRunner.Library(folder, TimeProvider.System);
        var (served, problem) = NodeRunner.ModelsOf(Runner(model), options.Models, library);
        var input = new RecommendInput
        {
            Gates = options.Node.Gates,
            Minimums = options.Router.Minimums,
            Bands = options.Bands,
            Intent = intent,
            Prices = prices,
            ModelMilliTokensPerSecond = bench is { Model: [var first, ..] } ? first.MilliTokensPerSecond : null,
            Model = served is [var one, ..] ? ModelShape.TryRead(one.ModelPath, out _) : null,
            GpuLacks = GpuFiles.Missing,
        };
        return new SetupFindings(BandRules.Refine(profile, bench, options.Bands), bench, input, served.Count > 0, library.Files().Count > 0 ? problem : null);
    }

    private RunnerOptions Runner(string? model) => options.Runner with { Kind = RunnerKind.Llama, ModelPath = model ?? options.Runner.ModelPath };

    private BenchClock Clock(int seconds, IProgress<BenchProgress> progress) => new(isShort ? ShortBudget : TimeSpan.FromSeconds(seconds), TimeProvider.System, progress);
}
