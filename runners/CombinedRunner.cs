using FedAi.Protocol.Messages;
using FedAi.Runners.Library;

namespace FedAi.Runners;

/// <summary>Several runners as one: what is asked goes to the one that has the model. Its status is the first one's, and it owns them all.</summary>
public sealed class CombinedRunner(IRunner first, params IReadOnlyList<IRunner> others) : IRunner
{
    private readonly IReadOnlyList<IRunner> all = [first, .. others];

    public IReadOnlyList<RunnerModel> Models => [.. all.SelectMany(runner => runner.Models)];

    public IReadOnlyList<ModelStanding> Standings => [.. all.SelectMany(runner => runner.Standings)];

    public RunnerStatus Status => first.Status;

    public event Action? Changed
    {
        add
        {
            foreach (var runner in all) runner.Changed += value;
        }

        remove
        {
            foreach (var runner in all) runner.Changed -= value;
        }
    }

    /// <summary>What nobody has now is the first one's to refuse: it may be loading it.</summary>
    public IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, CancellationToken cancellationToken) =>
        (all.FirstOrDefault(runner => runner.Models.Any(model => model.Id == request.ModelId)) ?? first).StreamAsync(request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in all) await runner.DisposeAsync();
    }
}
