using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>Looks at this machine for set-up, and measures it.</summary>
internal sealed class SetupMachine(string folder, FedAiOptions options, Intent intent, bool isShort)
{
    private static readonly TimeSpan ShortBudget = TimeSpan.FromSeconds(4);

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

    /// <summary>Everything that is known now, judged.</summary>
    public SetupFindings Judge(MachineProfile profile, BenchResult? bench, string? model) => new(BandRules.Refine(profile, bench, options.Bands), bench, new RecommendInput
    {
        Gates = options.Node.Gates,
        Minimums = options.Router.Minimums,
        Bands = options.Bands,
        Intent = intent,
        ModelMilliTokensPerSecond = bench is { Model: [var first, ..] } ? first.MilliTokensPerSecond : null,
    }, HasModel(model));

    private bool HasModel(string? model) => model is not null || options.Runner.ModelPath is not null || NodeRunner.Library(folder, TimeProvider.System).Files().Count == 1;

    private RunnerOptions Runner(string? model) => options.Runner with { Kind = RunnerKind.Llama, ModelPath = model ?? options.Runner.ModelPath };

    private BenchClock Clock(int seconds, IProgress<BenchProgress> progress) => new(isShort ? ShortBudget : TimeSpan.FromSeconds(seconds), TimeProvider.System, progress);
}
