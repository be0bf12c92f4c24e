using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.EndToEndTests.Accounts;

/// <summary>Writes one word each time the gate opens, a few in all.</summary>
internal sealed class GatedRunner(SemaphoreSlim gate) : IRunner
{
    private const int Words = 5;

    public IReadOnlyList<RunnerModel> Models => [new("gated", 512, null)];

    public RunnerStatus Status => new("gated", Ready: true, null, null, 0, "none", [], 0);

    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new InferenceStarted(1);
        for (var i = 0; i < Words; i++)
        {
            await gate.WaitAsync(cancellationToken);
            yield return new InferenceDelta("word ", 1);
        }

        yield return new InferenceEnd("stop", 1, Words);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
